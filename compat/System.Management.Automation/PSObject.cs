using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace System.Management.Automation;

/// <summary>What a PSObject wraps when it consists of added properties alone.</summary>
public class PSCustomObject
{
    internal static readonly PSCustomObject SelfInstance = new();

    private PSCustomObject()
    {
    }

    public override string ToString() => "";
}

/// <summary>
/// Any object, with properties that can be added to it. Added properties belong to the wrapped object: another wrapper sees them too.
/// </summary>
public class PSObject : IFormattable, IComparable
{
    // As in PowerShell: wrapping the same object twice must not lose what was added to it.
    private static readonly ConditionalWeakTable<object, List<PSPropertyInfo>> Added = [];

    private readonly List<PSPropertyInfo> instanceProperties;

    public PSObject()
        : this(PSCustomObject.SelfInstance)
    {
    }

    public PSObject(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        ImmediateBaseObject = obj;
        object target = BaseObject;
        instanceProperties = target switch
        {
            PSCustomObject => obj is PSObject inner ? inner.instanceProperties : [],
            // Equal strings and boxed numbers are not the same thing; theirs stay with the wrapper.
            string or ValueType => obj is PSObject inner ? inner.instanceProperties : [],
            _ => Added.GetOrCreateValue(target),
        };
        Properties = new PSPropertyCollection(this, instanceProperties);
        TypeNames = obj is PSObject wrapped ? wrapped.TypeNames : NamesOf(target);
    }

    public object ImmediateBaseObject { get; }

    public object BaseObject => ImmediateBaseObject is PSObject inner ? inner.BaseObject : ImmediateBaseObject;

    public PSMemberInfoCollection<PSPropertyInfo> Properties { get; }

    /// <summary>How a number was written: 007 given to a string parameter stays 007.</summary>
    internal string? TokenText { get; init; }

    public Collection<string> TypeNames { get; }

    public static implicit operator PSObject(string valueToConvert) => AsPSObject(valueToConvert);

    public static implicit operator PSObject(int valueToConvert) => AsPSObject(valueToConvert);

    public static implicit operator PSObject(double valueToConvert) => AsPSObject(valueToConvert);

    public static implicit operator PSObject(bool valueToConvert) => AsPSObject(valueToConvert);

    public static PSObject AsPSObject(object obj) => obj as PSObject ?? new PSObject(obj);

    /// <summary>The object itself, without its wrappers; a PSObject of added properties only stays one.</summary>
    internal static object? Base(object? obj) => obj is PSObject { BaseObject: not PSCustomObject } wrapper ? wrapper.BaseObject : obj;

    public int CompareTo(object? obj) => ReferenceEquals(this, obj) ? 0 : LanguagePrimitives.Compare(BaseObject, obj);

    public override bool Equals(object? obj) =>
        ReferenceEquals(this, obj) || (BaseObject is not PSCustomObject && LanguagePrimitives.Equals(BaseObject, Base(obj)));

    public override int GetHashCode() => BaseObject is PSCustomObject ? RuntimeHelpers.GetHashCode(this) : BaseObject.GetHashCode();

    public override string ToString() => ToText(this);

    public string ToString(string? format, IFormatProvider? formatProvider) =>
        BaseObject is IFormattable formattable ? formattable.ToString(format, formatProvider) : ToString();

    /// <summary>
    /// PowerShell's text of an object: invariant numbers, collections joined by a blank, @{A=1; B=2} for added properties.
    /// </summary>
    internal static string ToText(object? value) => value is PSObject { TokenText: { } written } ? written : Base(value) switch
    {
        null => "",
        string text => text,
        PSObject custom =>
            "@{" + string.Join("; ", custom.Properties.Select(property => $"{property.Name}={ToText(property.Value)}")) + "}",
        bool truth => truth ? "True" : "False",
        IDictionary dictionary => dictionary.ToString() ?? "",
        IEnumerable elements when LanguagePrimitives.GetEnumerable(elements) is not null =>
            string.Join(' ', elements.Cast<object?>().Select(ElementText)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString() ?? "",
    };

    // A collection inside a collection is not spelled out.
    private static string ElementText(object? element) =>
        LanguagePrimitives.GetEnumerable(element) is { } inner ? inner.ToString() ?? "" : ToText(element);

    private static Collection<string> NamesOf(object target)
    {
        var names = new Collection<string>();
        for (Type? type = target.GetType(); type is not null; type = type.BaseType)
            names.Add(type.FullName ?? type.Name);
        return names;
    }
}
