using System.Diagnostics;
using FaasPS.Engine;

namespace FaasPS.Cmdlets.Tests;

/// <summary>The host as a process of its own, where what was not yet loaded can be told.</summary>
public sealed class HostProcessTests : IDisposable
{
    private readonly ModuleSession module = new();

    public void Dispose() => module.Dispose();

    [Fact]
    public void WhatIfTouchesNoNativeLibrary()
    {
        module.AddPicture("a.png");
        var (code, output, error) = Run("Invoke-FaasTranslate a.png -WhatIf; Get-FaasModel", libtorch: module.PathOf("nowhere"));
        Assert.True(code == 0, output + error);
        Assert.False(Directory.Exists(module.PathOf("translated")));
    }

    [Fact]
    public void WhatIfNeedsNoTorchSharpAtAll()
    {
        module.AddPicture("a.png");
        var host = Directory.CreateDirectory(module.PathOf("host")).FullName;
        // Without its .deps.json the host takes what lies beside it, and TorchSharp does not.
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(f => Path.GetFileName(f) is var name
            && (name.EndsWith(".dll", StringComparison.Ordinal) || name == "faasps.runtimeconfig.json") && name != "TorchSharp.dll"))
        {
            File.Copy(file, Path.Combine(host, Path.GetFileName(file)));
        }
        var (code, output, error) = Run("Get-ChildItem *.png | Invoke-FaasTranslate -Mode Adaptive -WhatIf", libtorch: null, host);
        Assert.True(code == 0, output + error);
        Assert.Contains("What if", output + error, StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual(0, Run("Invoke-FaasTranslate a.png -Steps 1", libtorch: null, host).Code); // it is missing when it is needed
    }

    [Fact]
    public void AMissingLibtorchIsOneErrorThatListsWhatWasTried()
    {
        module.AddPicture("a.png");
        var (code, output, error) = Run("Get-ChildItem a.png | Invoke-FaasTranslate -Steps 1", libtorch: module.PathOf("nowhere"));
        Assert.Equal(1, code);
        Assert.Contains(module.PathOf("nowhere"), error, StringComparison.Ordinal);
        Assert.Contains(NativeRuntime.LocationVariable, error, StringComparison.Ordinal);
        Assert.Equal("", output.Trim());
    }

    [Fact]
    public void ThePipelineOfTheReadmePrintsATable()
    {
        module.AddPicture("a.png");
        var (code, output, error) = Run("Get-ChildItem *.png | Invoke-FaasTranslate -Mode Adaptive -Steps 2", libtorch: null);
        Assert.True(code == 0, output + error);
        Assert.Contains("adaptive_full_a.png", output, StringComparison.Ordinal);
    }

    private (int Code, string Output, string Error) Run(string pipeline, string? libtorch, string? host = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = module.Folder,
        };
        start.ArgumentList.Add(Path.Combine(host ?? AppContext.BaseDirectory, "faasps.dll"));
        start.ArgumentList.Add(pipeline);
        if (libtorch is not null) start.Environment[NativeRuntime.LocationVariable] = libtorch;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
