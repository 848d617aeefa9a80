using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Runtime.Loader;
using FaasPS.Engine;

namespace FaasPS.Cmdlets.Tests;

/// <summary>What is offered for the word at the cursor, called as PowerShell calls it.</summary>
[Collection("The process's models")]
public sealed class CompletionTests : IDisposable
{
    private readonly ModuleSession module = new();
    private readonly string tag = $"m{Guid.NewGuid():N}";

    public void Dispose()
    {
        foreach (var model in ModelCatalog.All.Where(model => model.Name.StartsWith(tag, StringComparison.Ordinal)).ToArray())
            ModelCatalog.Remove(model);
        module.Dispose();
    }

    [Fact]
    public void EachOpenSetHasACompleterAndNoOtherParameterHasOne()
    {
        var expected = new Dictionary<string, Type>(StringComparer.Ordinal)
        {
            ["Model"] = typeof(ModelCompleter), ["Policy"] = typeof(PolicyCompleter), ["Device"] = typeof(DeviceCompleter),
            ["Band"] = typeof(BandCompleter), ["Name"] = typeof(ModelCompleter), ["Reference"] = typeof(PolicyCompleter),
            ["Layer"] = typeof(LayerCompleter),
        };
        var parameters = typeof(FaasModel).Assembly.GetExportedTypes().Where(type => type.IsDefined(typeof(CmdletAttribute)))
            .SelectMany(type => type.GetProperties()).Where(property => property.IsDefined(typeof(ParameterAttribute))).ToArray();
        foreach (var parameter in parameters)
        {
            var type = Nullable.GetUnderlyingType(parameter.PropertyType) ?? parameter.PropertyType;
            var isEnum = (type.IsArray ? type.GetElementType()! : type).IsEnum;
            var completer = parameter.GetCustomAttribute<ArgumentCompleterAttribute>()?.Type;
            // PowerShell completes enums itself and never asks a completer about them.
            if (completer is not null) Assert.Equal((expected[parameter.Name], false), (completer, isEnum));
            else if (parameter.Name is "Policy" or "Device" or "Band" or "Layer") Assert.Fail($"{parameter.DeclaringType!.Name} -{parameter.Name}");
            // From the pipeline only; and -Model of a command that takes no name.
            else if (parameter.Name is "Model") Assert.Equal(typeof(RemoveFaasModelCommand), parameter.DeclaringType);
            else if (parameter.Name is "Sampler") Assert.True(isEnum);
        }
        Assert.Contains(parameters, parameter => parameter.Name == "Sampler");
    }

    [Theory]
    [InlineData("", "mini_pass low_pass mid_pass high_pass")]
    [InlineData("mi", "mini_pass mid_pass")]
    [InlineData("HIGH", "high_pass")]
    [InlineData("'lo", "'low_pass'")]
    [InlineData("m*", "")]
    [InlineData("[", "")]
    [InlineData("no", "")]
    public void BandsAreNamedAsInFiles(string word, string expected) =>
        Assert.Equal(expected, string.Join(' ', Texts(new BandCompleter(), "Band", word)));

    [Fact]
    public void DevicesBeginWithThoseThatHaveANameOfTheirOwn()
    {
        Assert.Equal(["auto", "cpu", "cuda"], Texts(new DeviceCompleter(), "Device", "").Take(3));
        Assert.Equal(["cpu"], Texts(new DeviceCompleter(), "Device", "CP"));
    }

    [Fact]
    public void ModelsAreThoseOfTheSessionQuotedWhereNeeded()
    {
        Import($"{tag}-a", $"{tag}-my model", $"{tag}-it''s", $"{tag}-b[1]");
        Assert.Equal(
            [$"{tag}-a", $"'{tag}-my model'", $"'{tag}-it''s'", $"'{tag}-b[1]'"], Texts(new ModelCompleter(), "Model", tag.ToUpperInvariant()));
        Assert.Equal([$"'{tag}-my model'"], Texts(new ModelCompleter(), "Model", $"\"{tag}-my"));
        Assert.Equal([$"'{tag}-b`[1`]'"], Texts(new ModelCompleter(), "Name", $"{tag}-b["));
        Assert.Equal(2, module.Invoke($"Get-FaasModel '{tag}-b`[1`]', '{tag}-my model'").Output.Count);
        Assert.Empty(Texts(new ModelCompleter(), "Model", $"{tag}*"));
    }

    [Fact]
    public void LayersAreTheModelsOwnElseThoseThatTheShippedScoresTell()
    {
        Import($"{tag}-a");
        Assert.Equal(["middle_block.0", "middle_block.1", "middle_block.2"], Texts(new LayerCompleter(), "Layer", "middle"));
        Assert.Equal(24, Texts(new LayerCompleter(), "Layer", "").Length);
        foreach (var model in ModelCatalog.All.ToArray()) ModelCatalog.Remove(model);
        Assert.Equal(
            PolicyCatalog.Scores(null).Select(score => score.Layer).Where(layer => layer[0] == 'o').Distinct(),
            Texts(new LayerCompleter(), "Layer", "OUT"));
    }

    [Fact]
    public void PoliciesAreTheModelsOwn()
    {
        Directory.CreateDirectory(module.PathOf("my models/policies"));
        foreach (var name in new[] { "model.safetensors", "model_config.yaml" })
            File.Copy(ModuleSession.Fixture("tiny", name), module.PathOf($"my models/{name}"));
        foreach (var name in new[] { "fast.json", "high_pass.json", "scores.json" }) File.WriteAllText(module.PathOf($"my models/policies/{name}"), "{}");
        Assert.Empty(module.Invoke($"Import-FaasModel 'my models' -Name {tag} -Device cpu").Errors);
        var file = module.PathOf("my models/policies/fast.json");
        foreach (var model in new object[] { tag, new PSObject(ModelCatalog.All[^1]) })
        {
            var bound = new Hashtable { ["Model"] = model };
            Assert.Equal([$"'{file}'"], Texts(new PolicyCompleter(), "Policy", "f", bound));
            Assert.Equal(["fast", "high_pass"], Results(new PolicyCompleter(), "Policy", "", bound).Select(result => result.ListItemText));
        }
        Assert.Null(new PolicyCompleter().CompleteArgument("", "Policy", "./f", null!, new Hashtable()));
    }

    [Fact]
    public void NothingIsLoadedForIt()
    {
        var context = new ModuleAlone();
        try
        {
            var assembly = context.LoadFromAssemblyPath(typeof(FaasModel).Assembly.Location);
            foreach (var (type, parameter, least) in new[]
            {
                (nameof(ModelCompleter), "Model", 0), (nameof(PolicyCompleter), "Policy", 4),
                (nameof(DeviceCompleter), "Device", 3), (nameof(BandCompleter), "Band", 4),
            })
            {
                var completer = (IArgumentCompleter)Activator.CreateInstance(assembly.GetType($"FaasPS.Cmdlets.{type}")!)!;
                Assert.True(Texts(completer, parameter, "").Length >= least, type);
            }
            Assert.Equal(["FaasPS.Cmdlets", "FaasPS.Engine"], context.Assemblies.Select(a => a.GetName().Name).Order(StringComparer.Ordinal));
            Assert.DoesNotContain("TorchSharp", context.Asked);
        }
        finally
        {
            context.Unload();
        }
    }

    private static string[] Texts(IArgumentCompleter completer, string parameter, string word, IDictionary? bound = null) =>
        [.. Results(completer, parameter, word, bound).Select(result => result.CompletionText)];

    private static IEnumerable<CompletionResult> Results(IArgumentCompleter completer, string parameter, string word, IDictionary? bound = null) =>
        completer.CompleteArgument("Invoke-FaasTranslate", parameter, word, null!, bound ?? new Hashtable());

    private void Import(params string[] names)
    {
        foreach (var name in names)
            Assert.Empty(module.Invoke($"Import-FaasModel '{ModuleSession.Fixture("tiny", "model.safetensors")}' -Name '{name}' -Device cpu").Errors);
    }

    /// <summary>The module a second time in the process, with what it asks for written down.</summary>
    private sealed class ModuleAlone() : AssemblyLoadContext("alone", isCollectible: true)
    {
        public List<string?> Asked { get; } = [];

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            Asked.Add(assemblyName.Name);
            return assemblyName.Name == "FaasPS.Engine" ? LoadFromAssemblyPath(typeof(ControlBand).Assembly.Location) : null;
        }
    }
}
