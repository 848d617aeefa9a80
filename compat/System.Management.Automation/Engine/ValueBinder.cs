using System.Globalization;
using System.Management.Automation;
using System.Reflection;

namespace FaasPS.Automation;

/// <summary>Gives one value to one parameter: transformation, conversion, validation, then the property.</summary>
internal sealed class ValueBinder(EngineIntrinsics engine)
{
    /// <summary>
    /// The value as the parameter takes it. Without <paramref name="coerce"/> only a value of the right type fits;
    /// <paramref name="fits"/> is false for others. Throws ParameterBindingException when the value is refused.
    /// </summary>
    public object? Prepare(CommandParameter parameter, object? value, bool coerce, out bool fits)
    {
        value = Transform(parameter, value);
        fits = true;
        if (coerce)
            value = Coerce(parameter, value);
        else
            fits = FitsAsIs(parameter.Type, ref value);
        if (fits)
            Validate(parameter, value);
        return value;
    }

    public static void Assign(CommandParameter parameter, object target, object? value)
    {
        if (value is null && parameter.Type.IsValueType && Nullable.GetUnderlyingType(parameter.Type) is null)
            throw new ParameterBindingException(
                "ParameterBindingFailed", $"Cannot bind parameter '{parameter.Name}' to the target. It cannot be null.",
                parameter.Name, category: ErrorCategory.WriteError);
        try
        {
            parameter.Set(target, value);
        }
        catch (Exception e) when (e is TargetInvocationException or ArgumentException)
        {
            string reason = (e.InnerException ?? e).Message;
            throw new ParameterBindingException(
                "ParameterBindingFailed", $"Cannot bind parameter '{parameter.Name}' to the target. {reason}",
                parameter.Name, e, ErrorCategory.WriteError);
        }
    }

    private static bool FitsAsIs(Type type, ref object? value)
    {
        if (value is null)
            return !type.IsValueType && type != typeof(string);
        if (type.IsInstanceOfType(value))
            return true;
        value = PSObject.Base(value);
        if (type.IsInstanceOfType(value))
            return true;
        if (CollectionConversion.ElementTypeOf(type) is not { } elementType)
            return false;

        // One element, or a collection of another kind whose elements all fit, goes in as a collection.
        foreach (object? element in LanguagePrimitives.GetEnumerable(value) ?? new[] { value })
        {
            object? each = element;
            if (!FitsAsIs(elementType, ref each))
                return false;
        }

        return LanguagePrimitives.TryConvertTo(value, type, CultureInfo.InvariantCulture, out value);
    }

    private static object? Coerce(CommandParameter parameter, object? value)
    {
        Type type = Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type;
        object? plain = PSObject.Base(value);
        if (plain is null)
        {
            return parameter.Type == typeof(bool) ? throw Refused(parameter, "NullNotAllowed", "null")
                : parameter.IsSwitch ? default(SwitchParameter) : null;
        }

        if (type == typeof(bool) || parameter.IsSwitch)
        {
            // Text is not a truth value: "-Switch:no" is a mistake, not true.
            if (plain is not (bool or SwitchParameter) && !LanguagePrimitives.IsNumber(plain))
            {
                throw new ParameterBindingException(
                    "CannotConvertArgument",
                    $"Cannot convert '{PSObject.ToText(plain)}' to the type '{type}' required by parameter '{parameter.Name}'. "
                    + "Boolean parameters accept only Boolean values and numbers, such as $true, $false, 1 or 0.",
                    parameter.Name);
            }

            bool truth = LanguagePrimitives.IsTrue(plain);
            return parameter.IsSwitch ? new SwitchParameter(truth) : truth;
        }

        RejectSeveral(parameter, type, plain);
        if (CollectionConversion.ElementTypeOf(type) is { } elementType)
        {
            foreach (object? element in LanguagePrimitives.GetEnumerable(plain) ?? Array.Empty<object>())
                RejectSeveral(parameter, elementType, PSObject.Base(element));
        }

        try
        {
            return LanguagePrimitives.ConvertTo(value, type, CultureInfo.InvariantCulture);
        }
        catch (InvalidCastException e)
        {
            throw new ParameterBindingException(
                "CannotConvertArgumentNoMessage", $"Cannot bind parameter '{parameter.Name}'. {e.Message}", parameter.Name, e);
        }
    }

    private static void RejectSeveral(CommandParameter parameter, Type type, object? value)
    {
        if (LanguagePrimitives.GetEnumerable(value) is not null
            && CollectionConversion.ElementTypeOf(type) is null && !type.IsInstanceOfType(value)
            && type != typeof(PSObject) && !type.IsEnum)
        {
            throw new ParameterBindingException(
                "CannotConvertArgument",
                $"Cannot convert '{value!.GetType()}' to the type '{type}' required by parameter '{parameter.Name}'. "
                + "It takes one value, not several.",
                parameter.Name);
        }
    }

    private static ParameterBindingException Refused(CommandParameter parameter, string id, string state) => new(
        "ParameterArgumentValidationError" + id,
        $"Cannot bind argument to parameter '{parameter.Name}' because it is {state}.",
        parameter.Name,
        category: ErrorCategory.InvalidData);

    private object? Transform(CommandParameter parameter, object? value)
    {
        foreach (ArgumentTransformationAttribute transformation in parameter.Transformations)
        {
            if (value is null && !parameter.IsMandatorySomewhere && !parameter.Allows<ValidateNotNullAttribute>()
                && !transformation.TransformNullOptionalParameters)
                continue;
            try
            {
                value = transformation.Transform(engine, value!);
            }
            catch (Exception e) when (e is not PipelineStoppedException)
            {
                throw new ParameterBindingException(
                    "ParameterArgumentTransformationError",
                    $"Cannot process argument transformation on parameter '{parameter.Name}'. {e.Message}",
                    parameter.Name,
                    e,
                    ErrorCategory.InvalidData);
            }
        }

        return value;
    }

    private void Validate(CommandParameter parameter, object? value)
    {
        foreach (ValidateArgumentsAttribute validation in parameter.Validations)
        {
            try
            {
                validation.InternalValidate(value, engine);
            }
            catch (Exception e) when (e is not PipelineStoppedException)
            {
                throw new ParameterBindingException(
                    "ParameterArgumentValidationError",
                    $"Cannot validate argument on parameter '{parameter.Name}'. {e.Message}",
                    parameter.Name,
                    e,
                    ErrorCategory.InvalidData);
            }
        }

        if (parameter.IsMandatorySomewhere)
            ValidateMandatory(parameter, value);
    }

    // A mandatory parameter takes nothing empty unless it says so.
    private static void ValidateMandatory(CommandParameter parameter, object? value)
    {
        if (value is null && !parameter.Allows<AllowNullAttribute>())
            throw Refused(parameter, "NullNotAllowed", "null");
        if (value is string { Length: 0 } && parameter.Type == typeof(string) && !parameter.Allows<AllowEmptyStringAttribute>())
            throw Refused(parameter, "EmptyStringNotAllowed", "an empty string");
        if (value is null || CollectionConversion.ElementTypeOf(parameter.Type) is not { } elementType || parameter.Type == typeof(string))
            return;
        bool any = false;
        foreach (object? element in LanguagePrimitives.GetEnumerable(value) ?? Array.Empty<object>())
        {
            any = true;
            if (element is null && !parameter.Allows<AllowNullAttribute>())
                throw Refused(parameter, "NullNotAllowed", "null");
            if (element is string { Length: 0 } && elementType == typeof(string) && !parameter.Allows<AllowEmptyStringAttribute>())
                throw Refused(parameter, "EmptyStringNotAllowed", "an empty string");
        }

        if (!any && !parameter.Allows<AllowEmptyCollectionAttribute>())
            throw parameter.Type.IsArray
                ? Refused(parameter, "EmptyArrayNotAllowed", "an empty array")
                : Refused(parameter, "EmptyCollectionNotAllowed", "an empty collection");
    }
}
