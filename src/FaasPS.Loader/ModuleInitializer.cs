using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace FaasPS.Loader;

/// <summary>
/// Gives the module's dependencies a load context of their own on import, so that another module's TorchSharp or ImageSharp of another
/// version does no harm. Nothing is loaded by it: assemblies are looked for when they are first needed.
/// It lives in an assembly of its own, imported before the cmdlets': PowerShell reflects over an assembly's types before it calls its
/// initializer, and the cmdlets' types need the engine for that.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly string Folder = Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!;
    private static readonly PrivateContext Context = new(Folder);

    /// <inheritdoc/>
    public void OnImport() => AssemblyLoadContext.Default.Resolving += ResolveEngine;

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => AssemblyLoadContext.Default.Resolving -= ResolveEngine;

    private static Assembly? ResolveEngine(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == "FaasPS.Engine" ? Context.LoadFromAssemblyName(name) : null;

    private sealed class PrivateContext(string folder) : AssemblyLoadContext("FaasPS")
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name == "FaasPS.Cmdlets") return null;
            var file = $"{assemblyName.Name}.dll";
            var path = new[] { Path.Combine(folder, file), Path.Combine(folder, "deps", file) }.FirstOrDefault(File.Exists);
            return path is null ? null : LoadFromAssemblyPath(path);
        }
    }
}
