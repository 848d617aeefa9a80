namespace System.Management.Automation;

/// <summary>A converter that knows PowerShell's rules; named by a TypeConverter attribute on the type it makes.</summary>
public abstract class PSTypeConverter
{
    public abstract bool CanConvertFrom(object sourceValue, Type destinationType);

    public abstract object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase);

    public abstract bool CanConvertTo(object sourceValue, Type destinationType);

    public abstract object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase);
}
