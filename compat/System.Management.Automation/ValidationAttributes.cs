using System.Collections;
using System.Globalization;
using System.Management.Automation.Internal;
using System.Text.RegularExpressions;
using static System.FormattableString;

namespace System.Management.Automation;

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public abstract class ValidateArgumentsAttribute : CmdletMetadataAttribute
{
    protected abstract void Validate(object arguments, EngineIntrinsics engineIntrinsics);

    internal void InternalValidate(object? value, EngineIntrinsics engine) => Validate(value!, engine);
}

/// <summary>Validates each element where the argument is a collection.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public abstract class ValidateEnumeratedArgumentsAttribute : ValidateArgumentsAttribute
{
    protected abstract void ValidateElement(object element);

    protected sealed override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is null)
            throw new ValidationMetadataException(
                "The argument is null. Provide a valid value for the argument, and then try running the command again.");
        if (LanguagePrimitives.GetEnumerable(arguments) is not { } elements)
        {
            ValidateElement(PSObject.Base(arguments)!);
            return;
        }

        foreach (object? element in elements)
            ValidateElement(PSObject.Base(element)!);
    }
}

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public abstract class NullValidationAttributeBase : ValidateArgumentsAttribute
{
    private protected static void RejectNulls(object? arguments, bool emptyToo)
    {
        string bad = emptyToo ? "null or empty" : "null";
        arguments = PSObject.Base(arguments);
        if (arguments is null || (emptyToo && arguments is string { Length: 0 }))
            throw new ValidationMetadataException(
                $"The argument is {bad}. Provide an argument that is not {bad}, and then try the command again.");
        if (LanguagePrimitives.GetEnumerable(arguments) is not { } elements)
            return;

        bool any = false;
        foreach (object? element in elements)
        {
            any = true;
            if (PSObject.Base(element) is not { } value || (emptyToo && value is string { Length: 0 }))
                throw new ValidationMetadataException(
                    $"An element of the argument collection is {bad}. "
                    + "Supply a collection without such values and then try the command again.");
        }

        if (emptyToo && !any)
            throw new ValidationMetadataException(
                "The argument is an empty collection. Provide an argument that is not null or empty, and then try the command again.");
    }
}

public sealed class ValidateNotNullAttribute : NullValidationAttributeBase
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics) => RejectNulls(arguments, emptyToo: false);
}

public sealed class ValidateNotNullOrEmptyAttribute : NullValidationAttributeBase
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics) => RejectNulls(arguments, emptyToo: true);
}

public enum ValidateRangeKind
{
    Positive,
    NonNegative,
    Negative,
    NonPositive,
}

public sealed class ValidateRangeAttribute : ValidateEnumeratedArgumentsAttribute
{
    private readonly ValidateRangeKind? kind;

    public ValidateRangeAttribute(object minRange, object maxRange)
    {
        if (minRange is not IComparable low || maxRange is not IComparable)
            throw new ValidationMetadataException("ValidateRange needs limits that can be compared.");
        if (minRange.GetType() != maxRange.GetType())
            throw new ValidationMetadataException($"ValidateRange has limits of two types: {minRange.GetType()} and {maxRange.GetType()}.");
        if (low.CompareTo(maxRange) > 0)
            throw new ValidationMetadataException($"ValidateRange has a maximum, {maxRange}, below its minimum, {minRange}.");
        (MinRange, MaxRange) = (minRange, maxRange);
    }

    public ValidateRangeAttribute(ValidateRangeKind kind) => this.kind = kind;

    public object? MinRange { get; }

    public object? MaxRange { get; }

    protected override void ValidateElement(object element)
    {
        if (kind is { } sign)
        {
            int compared = Math.Sign(LanguagePrimitives.Compare(element, 0));
            (bool ok, string rule) = sign switch
            {
                ValidateRangeKind.Positive => (compared > 0, "greater than zero"),
                ValidateRangeKind.NonNegative => (compared >= 0, "greater than or equal to zero"),
                ValidateRangeKind.Negative => (compared < 0, "less than zero"),
                _ => (compared <= 0, "less than or equal to zero"),
            };
            if (!ok)
                throw new ValidationMetadataException(
                    $"The argument \"{Shown(element)}\" cannot be validated because its value is not {rule}.");
            return;
        }

        Type type = MinRange!.GetType();
        object value = element?.GetType() == type ? element
            : LanguagePrimitives.TryConvertTo(element, type, CultureInfo.InvariantCulture, out object? converted) ? converted!
            : throw new ValidationMetadataException(
                $"The argument cannot be validated because its type \"{element?.GetType().Name}\" is not the same type ({type.Name}) "
                + $"as the maximum and minimum limits of the parameter. Make sure the argument is of type {type.Name} and then try "
                + "the command again.");
        if (((IComparable)MinRange).CompareTo(value) > 0)
            throw new ValidationMetadataException(
                $"The {Shown(element)} argument is less than the minimum allowed range of {Shown(MinRange)}. Supply an "
                + $"argument that is greater than or equal to {Shown(MinRange)} and then try the command again.");
        if (((IComparable)MaxRange!).CompareTo(value) < 0)
            throw new ValidationMetadataException(
                $"The {Shown(element)} argument is greater than the maximum allowed range of {Shown(MaxRange)}. Supply an "
                + $"argument that is less than or equal to {Shown(MaxRange)} and then try the command again.");
    }

    private static string Shown(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}

/// <summary>Values for ValidateSet that are known at run time only.</summary>
public interface IValidateSetValuesGenerator
{
    string[] GetValidValues();
}

public sealed class ValidateSetAttribute : ValidateEnumeratedArgumentsAttribute
{
    private readonly string[] values = [];
    private readonly IValidateSetValuesGenerator? generator;

    public ValidateSetAttribute(params string[] validValues) => values = validValues;

    public ValidateSetAttribute(Type valuesGeneratorType) =>
        generator = Activator.CreateInstance(valuesGeneratorType) as IValidateSetValuesGenerator
            ?? throw new ArgumentException(
                $"{valuesGeneratorType} does not implement {nameof(IValidateSetValuesGenerator)}.", nameof(valuesGeneratorType));

    public string? ErrorMessage { get; set; }

    public bool IgnoreCase { get; set; } = true;

    public IList<string> ValidValues => generator?.GetValidValues() ?? values;

    protected override void ValidateElement(object element)
    {
        string text = element?.ToString() ?? "";
        var comparison = IgnoreCase ? StringComparison.InvariantCultureIgnoreCase : StringComparison.InvariantCulture;
        if (ValidValues.Any(valid => string.Equals(valid, text, comparison)))
            return;
        string all = string.Join(',', ValidValues);
        throw new ValidationMetadataException(ErrorMessage is null
            ? $"The argument \"{text}\" does not belong to the set \"{all}\" specified by the ValidateSet attribute. Supply an argument "
                + "that is in the set and then try the command again."
            : string.Format(CultureInfo.InvariantCulture, ErrorMessage, text, all));
    }
}

public sealed class ValidatePatternAttribute(string regexPattern) : ValidateEnumeratedArgumentsAttribute
{
    public string RegexPattern { get; } = regexPattern;

    public RegexOptions Options { get; set; } = RegexOptions.IgnoreCase;

    public string? ErrorMessage { get; set; }

    protected override void ValidateElement(object element)
    {
        string text = element?.ToString() ?? throw new ValidationMetadataException("The argument is null.");
        if (!Regex.IsMatch(text, RegexPattern, Options, TimeSpan.FromSeconds(10)))
            throw new ValidationMetadataException(string.Format(
                CultureInfo.InvariantCulture,
                ErrorMessage ?? "The argument \"{0}\" does not match the \"{1}\" pattern. "
                    + "Supply an argument that matches \"{1}\" and try the command again.",
                text,
                RegexPattern));
    }
}

public sealed class ValidateLengthAttribute(int minLength, int maxLength) : ValidateEnumeratedArgumentsAttribute
{
    public int MinLength { get; } = minLength;

    public int MaxLength { get; } = maxLength;

    protected override void ValidateElement(object element)
    {
        if (element is not string text)
            throw new ValidationMetadataException(
                "The ValidateLength attribute cannot be applied to a parameter that is not a string or string[].");
        if (text.Length < MinLength)
            throw new ValidationMetadataException(
                Invariant($"The character length ({text.Length}) of the argument is too short: at least {MinLength} are needed."));
        if (text.Length > MaxLength)
            throw new ValidationMetadataException(
                Invariant($"The character length ({text.Length}) of the argument is too long: at most {MaxLength} are allowed."));
    }
}

public sealed class ValidateCountAttribute(int minLength, int maxLength) : ValidateArgumentsAttribute
{
    public int MinLength { get; } = minLength;

    public int MaxLength { get; } = maxLength;

    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        int count = PSObject.Base(arguments) switch
        {
            null => 0,
            ICollection collection => collection.Count,
            IEnumerable elements and not string => elements.Cast<object?>().Count(),
            _ => throw new ValidationMetadataException("The ValidateCount attribute cannot be applied to a non-array parameter."),
        };
        if (count < MinLength || count > MaxLength)
            throw new ValidationMetadataException(MinLength == MaxLength
                ? Invariant($"The parameter requires exactly {MaxLength} value(s) - {count} value(s) were provided.")
                : Invariant($"The parameter requires at least {MinLength} value(s) and no more than {MaxLength} value(s) - ")
                    + Invariant($"{count} value(s) were provided."));
    }
}
