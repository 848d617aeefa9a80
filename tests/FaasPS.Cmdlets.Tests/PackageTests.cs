using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FaasPS.Cmdlets.Tests;

/// <summary>The module's folder and its package, made by the build from what these tests run on.</summary>
public sealed class PackageTests(PackageTests.Package package) : IClassFixture<PackageTests.Package>
{
    [Fact]
    public void TheFolderIsAModule()
    {
        var files = package.FilesOf(package.Module);
        foreach (var file in new[]
        {
            "FaasPS.psd1", "FaasPS.Cmdlets.dll", "FaasPS.Engine.dll", "FaasPS.Loader.dll", "FaasPS.Format.ps1xml", "LICENSE", "README.md",
            "en-US/about_FaasPS.help.txt", "en-US/FaasPS.Cmdlets.dll-Help.xml", "FaasPS.Types.ps1xml",
            "models/demo/base.safetensors", "models/demo/control_high_pass.safetensors", "policies/demo/low_pass.json", "samples/turtle.png",
            "deps/TorchSharp.dll", "deps/YamlDotNet.dll", "deps/SixLabors.ImageSharp.dll",
        })
        {
            Assert.Contains(file, files);
        }
        Assert.DoesNotContain(files, file => file.EndsWith("System.Management.Automation.dll", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => file.EndsWith(".pdb", StringComparison.Ordinal));
        Assert.All(files.Where(f => f.EndsWith(".dll", StringComparison.Ordinal) && !f.StartsWith("deps/", StringComparison.Ordinal)),
            file => Assert.StartsWith("FaasPS.", file, StringComparison.Ordinal));
    }

    [Fact]
    public void ThePackageIsTheFolderAsTheGalleryTakesIt()
    {
        using var zip = ZipFile.OpenRead(package.Nupkg);
        var entries = zip.Entries.Select(e => Uri.UnescapeDataString(e.FullName)).ToArray();
        Assert.Contains("[Content_Types].xml", entries);
        Assert.Contains("_rels/.rels", entries);
        Assert.Single(entries, e => e.EndsWith(".psmdcp", StringComparison.Ordinal));
        string[] container = ["[Content_Types].xml", "_rels/.rels", "FaasPS.nuspec"];
        Assert.Equal(
            package.FilesOf(package.Module).Order(StringComparer.Ordinal),
            entries.Except(container).Where(e => !e.StartsWith("package/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ItsNuspecIsTheManifests()
    {
        using var zip = ZipFile.OpenRead(package.Nupkg);
        using var stream = zip.GetEntry("FaasPS.nuspec")!.Open();
        var metadata = XDocument.Load(stream).Root!.Elements().Single();
        string Value(string name) => metadata.Elements().Single(e => e.Name.LocalName == name).Value;
        var manifest = File.ReadAllText(Path.Combine(package.Module, "FaasPS.psd1"));
        Assert.Equal("FaasPS", Value("id"));
        Assert.Contains($"ModuleVersion        = '{Value("version")}'", manifest, StringComparison.Ordinal);
        Assert.Contains($"= '{Value("authors")}'", manifest, StringComparison.Ordinal);
        Assert.Contains($"= '{Value("description")}'", manifest, StringComparison.Ordinal);
        Assert.Equal(("MIT", "README.md"), (Value("license"), Value("readme")));
        Assert.DoesNotContain(metadata.Elements(), e => e.Name.LocalName == "dependencies");
        var tags = Value("tags").Split(' ');
        string[] wanted = ["PSModule", "PSEdition_Core", "PSIncludes_Cmdlet", "PSCmdlet_Invoke-FaasTranslate", "PSCommand_Get-FaasModel"];
        Assert.Empty(wanted.Except(tags));
        Assert.Equal(
            Regex.Matches(manifest, "'[A-Z][a-z]+-Faas[A-Za-z]+'", RegexOptions.None, TimeSpan.FromSeconds(1)).Count,
            tags.Count(tag => tag.StartsWith("PSCmdlet_", StringComparison.Ordinal)));
    }

    [Fact]
    public void OfNativeLibrariesThePackageHasTheBindingOnly()
    {
        // What the packages stack leaves in the build's output.
        var built = Path.Combine(package.Folder, "built");
        var native = Directory.CreateDirectory(Path.Combine(built, "runtimes", "linux-x64", "native")).FullName;
        foreach (var library in new[] { "libLibTorchSharp.so", "libtorch_cpu.so", "libc10.so" })
            File.WriteAllText(Path.Combine(native, library), "");
        foreach (var file in Directory.EnumerateFiles(package.Module, "FaasPS*"))
            File.Copy(file, Path.Combine(built, Path.GetFileName(file)));
        var other = Path.Combine(package.Folder, "other");
        Package.Build("Pack", $"-p:PackageFolder={other}/", $"-p:Built={built}/");
        using var zip = ZipFile.OpenRead(Directory.EnumerateFiles(other, "*.nupkg").Single());
        Assert.Equal(
            ["deps/runtimes/linux-x64/native/libLibTorchSharp.so"],
            zip.Entries.Select(e => e.FullName).Where(e => e.EndsWith(".so", StringComparison.Ordinal)));
        Assert.True(File.Exists(Directory.EnumerateFiles(other, "libtorch_cpu.so", SearchOption.AllDirectories).Single()));
    }

    [Fact]
    public void DependenciesHaveALoadContextOfTheirOwn()
    {
        var ours = typeof(YamlDotNet.Core.Parser).Assembly; // another module's, loaded first
        var loader = new AssemblyLoadContext("as PowerShell loads it", isCollectible: true)
            .LoadFromAssemblyPath(Path.Combine(package.Module, "FaasPS.Loader.dll"));
        var context = (AssemblyLoadContext)Activator.CreateInstance(
            loader.GetTypes().Single(t => t.IsSubclassOf(typeof(AssemblyLoadContext))), package.Module)!;
        var engine = context.LoadFromAssemblyName(new AssemblyName("FaasPS.Engine"));
        Assert.Equal(Path.Combine(package.Module, "FaasPS.Engine.dll"), engine.Location);
        foreach (var name in new[] { "YamlDotNet", "TorchSharp", "SixLabors.ImageSharp" })
        {
            var loaded = context.LoadFromAssemblyName(new AssemblyName(name));
            Assert.Equal(Path.Combine(package.Module, "deps", $"{name}.dll"), loaded.Location);
            Assert.Same(context, AssemblyLoadContext.GetLoadContext(loaded));
            Assert.NotSame(ours, loaded);
        }
    }

    [Fact]
    public void InstallPutsItWhereOnesModulesAre()
    {
        var data = Path.Combine(package.Folder, "data");
        Package.Build("CopyToUserModules", $"-p:PackageFolder={package.Folder}/", $"-p:UserModules={data}/");
        var version = Path.GetFileName(package.Module);
        Assert.Equal(package.FilesOf(package.Module), package.FilesOf(Path.Combine(data, "FaasPS", version)));
    }

    public sealed class Package : IDisposable
    {
        public Package()
        {
            Build("Pack", $"-p:PackageFolder={Folder}/");
            Module = Directory.EnumerateDirectories(Path.Combine(Folder, "FaasPS")).Single();
            Nupkg = Directory.EnumerateFiles(Folder, "*.nupkg").Single();
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("faasps-").FullName;

        public string Module { get; }

        public string Nupkg { get; }

        public string[] FilesOf(string folder) =>
            [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        /// <summary>Runs a target of the build, on the stack that these tests were built for.</summary>
        public static void Build(string target, params string[] properties)
        {
            // artifacts/<stack>/bin/<project>/release
            var stack = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Name;
            var start = new ProcessStartInfo("dotnet")
            {
                UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = ModuleSession.Repository,
            };
            foreach (var argument in new[] { "msbuild", "build/FaasPS.proj", "-nologo", "-v:minimal", $"-t:{target}" }.Concat(properties))
                start.ArgumentList.Add(argument);
            start.Environment["FaasStack"] = stack;
            start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, output);
        }
    }
}
