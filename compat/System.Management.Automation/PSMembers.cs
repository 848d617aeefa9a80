using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Reflection;

namespace System.Management.Automation;

[Flags]
public enum PSMemberTypes
{
    AliasProperty = 1,
    CodeProperty = 2,
    Property = 4,
    NoteProperty = 8,
    ScriptProperty = 16,
    Properties = AliasProperty | CodeProperty | Property | NoteProperty | ScriptProperty,
}

public abstract class PSMemberInfo
{
    public string Name { get; private protected set; } = "";

    public abstract PSMemberTypes MemberType { get; }

    public abstract object? Value { get; set; }

    public abstract string TypeNameOfValue { get; }

    public bool IsInstance { get; internal set; }

    public abstract PSMemberInfo Copy();
}

public abstract class PSPropertyInfo : PSMemberInfo
{
    public abstract bool IsSettable { get; }

    public abstract bool IsGettable { get; }
}

/// <summary>A property with a value of its own, added to an object.</summary>
public class PSNoteProperty : PSPropertyInfo
{
    private object? value;

    public PSNoteProperty(string name, object? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Name, this.value) = (name, value);
    }

    public override PSMemberTypes MemberType => PSMemberTypes.NoteProperty;

    public override object? Value
    {
        get => value;
        set => this.value = value;
    }

    public override string TypeNameOfValue => PSObject.Base(Value)?.GetType().FullName ?? "System.Object";

    public override bool IsSettable => true;

    public override bool IsGettable => true;

    public override PSMemberInfo Copy() => new PSNoteProperty(Name, Value);

    public override string ToString() => $"{TypeNameOfValue} {Name}={Value}";
}

/// <summary>A .NET property of the wrapped object.</summary>
public class PSProperty : PSPropertyInfo
{
    private readonly MemberInfo member;
    private readonly object target;

    internal PSProperty(MemberInfo member, object target)
    {
        (this.member, this.target) = (member, target);
        Name = member.Name;
    }

    public override PSMemberTypes MemberType => PSMemberTypes.Property;

    public override object? Value
    {
        get
        {
            try
            {
                return member is PropertyInfo property ? property.GetValue(target) : ((FieldInfo)member).GetValue(target);
            }
            catch (TargetInvocationException e) when (e.InnerException is { } inner)
            {
                throw new RuntimeException($"Exception getting \"{Name}\": \"{inner.Message}\"", inner);
            }
        }

        set
        {
            if (member is PropertyInfo property)
                property.SetValue(target, LanguagePrimitives.ConvertTo(value, property.PropertyType, CultureInfo.InvariantCulture));
            else if (member is FieldInfo field)
                field.SetValue(target, LanguagePrimitives.ConvertTo(value, field.FieldType, CultureInfo.InvariantCulture));
        }
    }

    public override string TypeNameOfValue =>
        (member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType).FullName ?? "";

    public override bool IsSettable => member is PropertyInfo { CanWrite: true } or FieldInfo { IsInitOnly: false };

    public override bool IsGettable => member is not PropertyInfo { CanRead: false };

    public override PSMemberInfo Copy() => new PSProperty(member, target);
}

/// <summary>The members of one kind of an object; names are matched without case.</summary>
public abstract class PSMemberInfoCollection<T> : IEnumerable<T>
    where T : PSMemberInfo
{
    public abstract T? this[string name] { get; }

    public abstract void Add(T member);

    public abstract void Add(T member, bool preValidated);

    public abstract void Remove(string name);

    public abstract IEnumerator<T> GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

internal sealed class PSPropertyCollection(PSObject owner, List<PSPropertyInfo> added) : PSMemberInfoCollection<PSPropertyInfo>
{
    private const BindingFlags Visible = BindingFlags.Public | BindingFlags.Instance;

    public override PSPropertyInfo? this[string name] =>
        this.FirstOrDefault(property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase));

    public override void Add(PSPropertyInfo member) => Add(member, preValidated: false);

    public override void Add(PSPropertyInfo member, bool preValidated)
    {
        ArgumentNullException.ThrowIfNull(member);
        int same = added.FindIndex(property => string.Equals(property.Name, member.Name, StringComparison.OrdinalIgnoreCase));
        if (same >= 0 && !preValidated)
            throw new RuntimeException(
                $"Cannot add a member with the name \"{member.Name}\" because a member with that name already exists.");
        if (same >= 0)
            added.RemoveAt(same);
        member.IsInstance = true;
        added.Add(member);
    }

    public override void Remove(string name) =>
        added.RemoveAll(property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase));

    public override IEnumerator<PSPropertyInfo> GetEnumerator()
    {
        foreach (PSPropertyInfo property in added.ToArray())
            yield return property;
        object target = owner.BaseObject;
        if (target is PSCustomObject)
            yield break;
        var seen = new Collection<string>();
        foreach (MemberInfo member in MembersOf(target.GetType()))
        {
            if (seen.Contains(member.Name)
                || added.Exists(property => string.Equals(property.Name, member.Name, StringComparison.OrdinalIgnoreCase)))
                continue;
            seen.Add(member.Name);
            yield return new PSProperty(member, target);
        }
    }

    // GetProperties lists the derived class's first; a property hidden by "new" appears twice, the derived one counts.
    private static IEnumerable<MemberInfo> MembersOf(Type type) =>
        type.GetProperties(Visible).Where(property => property.GetIndexParameters().Length == 0 && property.GetMethod is { IsPublic: true })
            .Cast<MemberInfo>().Concat(type.GetFields(Visible));
}
