using FaasPS.Help;

namespace FaasPS.Cmdlets.Tests;

/// <summary>Runs the examples of the help as they are written, in a folder that holds what the repository's root does.</summary>
[Collection("The process's models")]
public sealed class HelpExampleTests : IDisposable
{
    private readonly ModuleSession module = new();
    private readonly FaasModel[] before = [.. ModelCatalog.All];

    public static TheoryData<string, int> Examples
    {
        get
        {
            var examples = new TheoryData<string, int>();
            foreach (var (name, page) in Pages)
                for (var i = 0; i < page.Examples.Count; i++) examples.Add(name, i);
            return examples;
        }
    }

    private static IReadOnlyDictionary<string, HelpPage> Pages { get; } = HelpPage.ReadAll(Path.Combine(ModuleSession.Repository, "docs"));

    public void Dispose()
    {
        foreach (var model in ModelCatalog.All.Except(before).ToArray()) ModelCatalog.Remove(model);
        module.Dispose();
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void AnExampleRunsAsWritten(string name, int index)
    {
        foreach (var folder in new[] { "samples", "policies", "models", "tests/fixtures/tiny", "tests/fixtures/training" }) Copy(folder);
        var example = Pages[name].Examples[index];
        var result = module.Invoke(example.Code);
        Assert.True(result.Errors.Count == 0, string.Join('\n', result.Errors));
        // What only writes, removes or is asked with -WhatIf gives nothing.
        var gives = example.Code.Contains("-PassThru", StringComparison.Ordinal)
            || !(example.Code.Contains("-WhatIf", StringComparison.Ordinal) || name is "Remove-FaasModel" or "Export-FaasPolicy"
                || example.Code.Split('|')[^1].Contains("Export-FaasPolicy", StringComparison.Ordinal));
        if (gives) Assert.NotEmpty(result.Output);
    }

    private void Copy(string folder)
    {
        var source = Path.Combine(ModuleSession.Repository, folder);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = module.PathOf(Path.Combine(folder, Path.GetRelativePath(source, file)));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
