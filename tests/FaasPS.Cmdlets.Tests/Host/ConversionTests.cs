using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;

namespace FaasPS.Cmdlets.Tests.Host;

public class ConversionTests
{
    [Theory]
    [InlineData("5", typeof(int), 5)]
    [InlineData(" 5 ", typeof(int), 5)]
    [InlineData("1e2", typeof(int), 100)]
    [InlineData("2.5", typeof(int), 2)]
    [InlineData("3.5", typeof(int), 4)]
    [InlineData(2.5, typeof(int), 2)]
    [InlineData("0xff", typeof(long), 255L)]
    [InlineData("2mb", typeof(int), 2097152)]
    [InlineData("", typeof(int), 0)]
    [InlineData(null, typeof(int), 0)]
    [InlineData("1.5", typeof(double), 1.5)]
    [InlineData(1, typeof(double), 1.0)]
    [InlineData(true, typeof(int), 1)]
    [InlineData(1.5, typeof(string), "1.5")]
    [InlineData(null, typeof(string), "")]
    [InlineData("", typeof(bool), false)]
    [InlineData("false", typeof(bool), true)]
    [InlineData(0, typeof(bool), false)]
    [InlineData("x", typeof(char), 'x')]
    [InlineData("grey", typeof(ProbeColour), ProbeColour.Grey)]
    [InlineData("re", typeof(ProbeColour), ProbeColour.Red)]
    [InlineData(2, typeof(ProbeColour), ProbeColour.Grey)]
    [InlineData("1", typeof(ProbeColour), ProbeColour.Green)]
    [InlineData("readonly, hidden", typeof(FileAttributes), FileAttributes.ReadOnly | FileAttributes.Hidden)]
    [InlineData("5", typeof(int?), 5)]
    public void Converts(object? value, Type type, object expected) => Assert.Equal(expected, LanguagePrimitives.ConvertTo(value, type));

    [Theory]
    [InlineData("five", typeof(int))]
    [InlineData("99999999999", typeof(int))]
    [InlineData("-1", typeof(byte))]
    [InlineData("gr", typeof(ProbeColour))]
    [InlineData(9, typeof(ProbeColour))]
    [InlineData("x", typeof(Version))]
    [InlineData("x", typeof(List<int>))]
    [InlineData("x", typeof(SwitchParameter))]
    [InlineData(5, typeof(Guid))]
    public void RefusesAndSaysBothSides(object value, Type type)
    {
        var refused = Assert.Throws<PSInvalidCastException>(() => LanguagePrimitives.ConvertTo(value, type));
        Assert.Contains(value.ToString()!, refused.Message, StringComparison.Ordinal);
        Assert.False(LanguagePrimitives.TryConvertTo(value, type, out _));
    }

    [Fact]
    public void MakesCollections()
    {
        Assert.Equal([1, 2], LanguagePrimitives.ConvertTo<int[]>(new object[] { "1", 2.0 })!);
        Assert.Equal(["a"], LanguagePrimitives.ConvertTo<string[]>("a")!);
        Assert.Equal([1, 2], LanguagePrimitives.ConvertTo<List<int>>(new[] { "1", "2" })!);
        Assert.Equal([3], LanguagePrimitives.ConvertTo<List<double>>(3)!);
        Assert.Equal([3], LanguagePrimitives.ConvertTo<IList<double>>("3")!);
        Assert.Equal([3.0, 4.0], LanguagePrimitives.ConvertTo<HashSet<double>>(new[] { 3, 4, 3 })!);
        Assert.Throws<PSInvalidCastException>(() => LanguagePrimitives.ConvertTo<IReadOnlyList<double>>(3));
        Assert.Equal(["a"], LanguagePrimitives.ConvertTo<Collection<string>>("a")!);
        Assert.Equal("1 2.5 x", LanguagePrimitives.ConvertTo<string>(new object[] { 1, 2.5, "x" }));
    }

    [Fact]
    public void UsesParseConstructorsCastsAndConverters()
    {
        Assert.Equal(new Version(1, 2), LanguagePrimitives.ConvertTo<Version>("1.2"));
        Assert.Equal(TimeSpan.FromSeconds(90), LanguagePrimitives.ConvertTo<TimeSpan>("00:01:30"));
        Assert.Equal(new DateTime(2020, 3, 4), LanguagePrimitives.ConvertTo<DateTime>("2020-03-04"));
        Assert.Equal("https://x/", LanguagePrimitives.ConvertTo<Uri>("https://x/")!.ToString());
        Assert.Equal(Path.GetFullPath("x"), LanguagePrimitives.ConvertTo<FileInfo>("x")!.FullName);
        Assert.Equal("7", LanguagePrimitives.ConvertTo<Wrapped>(7)!.Text);
        Assert.Equal("mid_pass", LanguagePrimitives.ConvertTo<Banded>("mid_pass")!.Name);
        Assert.Equal(Band.HighPass, LanguagePrimitives.ConvertTo<Band>("high_pass"));
        Assert.Equal(Band.HighPass, LanguagePrimitives.ConvertTo<Band>("HIGHPASS"));
        Assert.Equal(Path.GetFullPath("y"), LanguagePrimitives.ConvertTo<string>(new FileInfo(Path.GetFullPath("y"))));
    }

    [Fact]
    public void LooksThroughWrappersButKeepsAddedProperties()
    {
        var file = new FileInfo("x");
        PSObject wrapped = PSObject.AsPSObject(file);
        wrapped.Properties.Add(new PSNoteProperty("Tag", 5));
        Assert.Same(file, LanguagePrimitives.ConvertTo<FileInfo>(new PSObject(wrapped)));
        Assert.Equal(5, PSObject.AsPSObject(file).Properties["tag"]!.Value);
        Assert.Equal("x", wrapped.Properties["Name"]!.Value);
        Assert.Throws<RuntimeException>(() => wrapped.Properties.Add(new PSNoteProperty("TAG", 6)));
        Assert.Null(PSObject.AsPSObject("other").Properties["Tag"]);
    }

    [Fact]
    public void ComparesAsPowerShellDoes()
    {
        Assert.True(LanguagePrimitives.Equals(1, 1.0));
        Assert.True(LanguagePrimitives.Equals(1, "1"));
        Assert.True(LanguagePrimitives.Equals("A", "a", ignoreCase: true));
        Assert.False(LanguagePrimitives.Equals("A", "a"));
        Assert.True(LanguagePrimitives.Compare(2, 10.5) < 0);
        Assert.True(LanguagePrimitives.Compare(null, 0) < 0);
        Assert.True(LanguagePrimitives.IsTrue(new[] { 0, 0 }));
        Assert.False(LanguagePrimitives.IsTrue(new[] { 0 }));
    }

    [TypeConverter(typeof(BandConverter))]
    public enum Band
    {
        MidPass,
        HighPass,
    }

    public sealed class BandConverter : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
            Enum.Parse<Band>(((string)value).Replace("_", ""), ignoreCase: true);
    }

    public sealed class Banded
    {
        private Banded(string name) => Name = name;

        public string Name { get; }

        public static Banded Parse(string text) => new(text);
    }

    public sealed class Wrapped
    {
        private Wrapped(string text) => Text = text;

        public string Text { get; }

        public static implicit operator Wrapped(int value) => new(value.ToString(CultureInfo.InvariantCulture));
    }
}
