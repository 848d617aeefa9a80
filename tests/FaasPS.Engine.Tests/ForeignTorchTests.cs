using FaasPS.Engine;

namespace FaasPS.Engine.Tests;

public sealed class ForeignTorchTests
{
    private static readonly System.Reflection.Assembly Other = typeof(ForeignTorchTests).Assembly;
    private static readonly string Library = Path.Combine(Path.GetTempPath(), "other", "lib", "libtorch_cpu.so");

    [Fact]
    public void ItsLibraryInTheProcessIsAConflictThatNamesBoth()
    {
        var message = ForeignTorch.Describe([Other], ["/lib/libc.so.6", Library], wanted: null)!;
        Assert.Contains(Other.Location, message, StringComparison.Ordinal);
        Assert.Contains(Library, message, StringComparison.Ordinal);
        Assert.Contains("new session", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ItsAssemblyAloneIsNone() => Assert.Null(ForeignTorch.Describe([Other], ["/lib/libc.so.6"], wanted: null));

    [Theory]
    [InlineData("other")]
    [InlineData("other/lib")]
    public void ALibtorchThatTheUserNamedIsShared(string folder) =>
        Assert.Null(ForeignTorch.Describe([Other], [Library], Path.Combine(Path.GetTempPath(), folder)));

    [Fact]
    public void WithoutAnotherTorchSharpThereIsNone() => Assert.Null(ForeignTorch.Find(wanted: null));
}
