using System.Diagnostics;

namespace FaasPS.Cmdlets.Tests.Host;

/// <summary>The command itself, as a process: exit codes, and which text goes to which stream.</summary>
public class CommandLineTests
{
    private static (int Code, string Output, string Errors) Run(string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
            RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "faasps.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        if (input is not null)
            process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.ReplaceLineEndings("\n"), errors.Result.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void RunsAPipelineGivenAsText() => Assert.Equal((0, "a\nb\n", ""), Run(null, "'a', 'b'; # and no more"));

    [Fact]
    public void JoinsWordsAndTakesCommandAsAName() => Assert.Equal((0, "c\n", ""), Run(null, "-Command", "Write-Output", "c"));

    [Fact]
    public void ReadsStandardInput() =>
        Assert.Equal((0, "\nSum : 3\n\n", ""), Run("1,2 |\n Measure-Object -Sum |\n Format-List Sum\n", "-"));

    [Fact]
    public void ErrorsGoToStandardErrorWithTheirCommandAndSetTheExitCode() => Assert.Equal(
        (1, "after\n", "Get-Content: Cannot find path 'none.txt' because it does not exist.\n"),
        Run(null, "Get-Content none.txt; 'after'"));

    [Fact]
    public void TextThatCannotRunIsAUsageError()
    {
        (int code, string output, string errors) = Run(null, "'a'; $x = 5");
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("faasps: The variable $x at character 6", errors);
        Assert.Contains("pwsh", errors);
    }

    [Fact]
    public void HelpListsTheCommandsAndVersionIsANumber()
    {
        (int code, string help, _) = Run(null, "--help");
        Assert.Equal(0, code);
        Assert.Contains("\n    Get-ChildItem\n", help);
        Assert.Equal(2, Run(null).Code);
        Assert.True(Version.TryParse(Run(null, "--version").Output.Trim().Split('-')[0], out _));
    }
}
