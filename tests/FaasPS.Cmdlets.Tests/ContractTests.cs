using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using FaasPS.Engine;

namespace FaasPS.Cmdlets.Tests;

/// <summary>What every cmdlet keeps to, checked by reflection.</summary>
public sealed class ContractTests
{
    /// <summary>The approved verbs that the module's contracts use (Get-Verb).</summary>
    private static readonly string[] ApprovedVerbs =
        ["Compare", "Convert", "Export", "Get", "Import", "Invoke", "Measure", "Merge", "New", "Remove", "Test"];

    private static readonly (Type Type, CmdletAttribute Cmdlet)[] Cmdlets =
        [.. typeof(FaasModel).Assembly.GetExportedTypes()
            .Select(t => (t, t.GetCustomAttribute<CmdletAttribute>()!)).Where(pair => pair.Item2 is not null)];

    public static TheoryData<string> Names => [.. Cmdlets.Select(c => c.Type.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void NamesAreAVerbThatIsApprovedAndASingularNounWithThePrefix(string name)
    {
        var (type, cmdlet) = Cmdlets.Single(c => c.Type.Name == name);
        Assert.Contains(cmdlet.VerbName, ApprovedVerbs);
        Assert.Matches("^Faas[A-Z][A-Za-z]*[^s]$", cmdlet.NounName);
        Assert.Equal($"{cmdlet.VerbName}{cmdlet.NounName}Command", type.Name);
        Assert.True(type.IsSealed);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WhateverWritesOutputDeclaresItsType(string name)
    {
        var type = Cmdlets.Single(c => c.Type.Name == name).Type;
        if (name != nameof(RemoveFaasModelCommand)) Assert.NotEmpty(type.GetCustomAttributes<OutputTypeAttribute>());
    }

    [Fact]
    public void TheManifestExportsExactlyTheCmdlets()
    {
        var manifest = File.ReadAllText(Path.Combine(ModuleSession.Repository, "src", "FaasPS.Cmdlets", "FaasPS.psd1"));
        var list = Regex.Match(manifest, @"CmdletsToExport\s*=\s*@\(([^)]*)\)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        var exported = Regex.Matches(list, "'([^']+)'", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(m => m.Groups[1].Value);
        Assert.Equal(
            Cmdlets.Select(c => $"{c.Cmdlet.VerbName}-{c.Cmdlet.NounName}").Order(StringComparer.Ordinal),
            exported.Order(StringComparer.Ordinal));
        Assert.Contains($"'{typeof(FaasModel).Assembly.GetName().Version!.ToString(3)}'", manifest, StringComparison.Ordinal);
    }

    [Fact]
    public void ArrowsPointFromCmdletsToEngineToTorchSharp()
    {
        Assert.DoesNotContain(
            typeof(TranslationPipeline).Assembly.GetReferencedAssemblies(),
            a => a.Name is "System.Management.Automation" or "FaasPS.Cmdlets" or "System.Console");
        Assert.DoesNotContain(typeof(FaasModel).Assembly.GetReferencedAssemblies(), a => a.Name is "TorchSharp" or "SixLabors.ImageSharp");
    }

    [Fact]
    public void NoSignatureShowsATorchSharpType()
    {
        var shown = typeof(FaasModel).Assembly.GetExportedTypes()
            .SelectMany(t => t.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .SelectMany(m => m switch
            {
                PropertyInfo property => [property.PropertyType],
                MethodInfo method => [method.ReturnType, .. method.GetParameters().Select(p => p.ParameterType)],
                _ => Array.Empty<Type>(),
            });
        Assert.DoesNotContain(shown, t => t.FullName?.Contains("TorchSharp", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void EveryOutputTypeHasAView()
    {
        var views = File.ReadAllText(Path.Combine(ModuleSession.Repository, "src", "FaasPS.Cmdlets", "FaasPS.Format.ps1xml"));
        foreach (var type in Cmdlets.SelectMany(c => c.Type.GetCustomAttributes<OutputTypeAttribute>())
            .SelectMany(o => o.Type).Select(t => t.Type!).Where(t => t != typeof(FileInfo))) // PowerShell has a view of its own for files
            Assert.Contains($"<TypeName>{type.FullName}</TypeName>", views, StringComparison.Ordinal);
    }
}
