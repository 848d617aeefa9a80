using System.Management.Automation;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;

namespace FaasPS.Cmdlets.Tests.Host;

/// <summary>
/// The stand-in says what PowerShell says: every public member of it exists, with the same signature, in PowerShellStandard.Library.
/// </summary>
public class ApiSurfaceTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // In PowerShell 7, but after the 5.1 that PowerShellStandard describes.
    private static readonly HashSet<string> Newer = new(StringComparer.Ordinal)
    {
        "System.Management.Automation.ValidateRangeKind", "System.Management.Automation.IValidateSetValuesGenerator",
        "ValidateRangeAttribute Void .ctor(System.Management.Automation.ValidateRangeKind)",
        "ValidatePatternAttribute System.String get_ErrorMessage()", "ValidatePatternAttribute Void set_ErrorMessage(System.String)",
        "ValidateSetAttribute System.String get_ErrorMessage()", "ValidateSetAttribute Void set_ErrorMessage(System.String)",
        "System.Management.Automation.ActionPreference.Break",
    };

    // There for their names alone; what PowerShell derives them from is not needed.
    private static readonly HashSet<string> Opaque = new(StringComparer.Ordinal)
    {
        "System.Management.Automation.Language.CommandAst", "Microsoft.PowerShell.Commands.FileSystemProvider",
    };

    private static readonly Assembly StandIn = typeof(PSObject).Assembly;

    private static readonly Assembly Reference = new AssemblyLoadContext("reference").LoadFromAssemblyPath(
        Path.Combine(AppContext.BaseDirectory, "reference", "System.Management.Automation.dll"));

    public static TheoryData<string> PublicTypes =>
        new(StandIn.GetExportedTypes().Where(type => type.Namespace != "FaasPS.Automation").Select(type => type.FullName!));

    [Fact]
    public void AnswersReferencesToPowerShellStandard()
    {
        AssemblyName standIn = StandIn.GetName(), reference = Reference.GetName();
        Assert.Equal(reference.Name, standIn.Name);
        Assert.Equal(reference.GetPublicKey(), standIn.GetPublicKey());
        Assert.True(standIn.Version > reference.Version);
    }

    [Theory]
    [MemberData(nameof(PublicTypes))]
    public void HasOnlyWhatPowerShellHas(string typeName)
    {
        if (Newer.Contains(typeName))
            return;
        Type ours = StandIn.GetType(typeName, throwOnError: true)!;
        Type? theirs = Reference.GetType(typeName);
        Assert.True(theirs is not null, $"{typeName} is not in PowerShellStandard.Library.");
        Assert.Equal(
            (ours.IsAbstract, ours.IsInterface, ours.IsEnum, ours.IsValueType),
            (theirs.IsAbstract, theirs.IsInterface, theirs.IsEnum, theirs.IsValueType));
        if (!Opaque.Contains(typeName))
            Assert.Equal(Named(ours.BaseType), Named(theirs.BaseType));
        if (ours.IsEnum)
        {
            Assert.All(
                Enum.GetNames(ours).Where(name => !Newer.Contains($"{typeName}.{name}")),
                name => Assert.Equal(
                    Convert.ToInt64(Enum.Parse(ours, name)),
                    Convert.ToInt64(theirs.GetField(name)?.GetRawConstantValue() ?? throw new MissingFieldException(name))));
            return;
        }

        var known = Members(theirs).ToHashSet(StringComparer.Ordinal);
        Assert.All(
            Members(ours).Where(member => !Newer.Contains($"{ours.Name} {member}")),
            member => Assert.True(known.Contains(member), $"{ours.Name} {member}"));
    }

    /// <summary>
    /// Every type and member of System.Management.Automation that the module's cmdlets were compiled to use is in the stand-in.
    /// </summary>
    [Fact]
    public void CmdletsUseNothingThatIsMissing()
    {
        Assembly cmdlets = Assembly.Load("FaasPS.Cmdlets");
        Assert.Empty(Missing(cmdlets));
        Assert.NotNull(cmdlets.GetTypes());
    }

    private static List<string> Missing(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        MetadataReader reader = file.GetMetadataReader();
        var missing = new List<string>();
        foreach (TypeReferenceHandle handle in reader.TypeReferences)
        {
            if (!IsOurs(handle))
                continue;
            TypeReference type = reader.GetTypeReference(handle);
            Try(handle, $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}");
        }

        foreach (MemberReferenceHandle handle in reader.MemberReferences)
        {
            MemberReference member = reader.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference && IsOurs((TypeReferenceHandle)member.Parent))
                Try(handle, reader.GetString(member.Name));
        }

        return missing;

        bool IsOurs(TypeReferenceHandle handle) =>
            reader.GetTypeReference(handle).ResolutionScope is { Kind: HandleKind.AssemblyReference } scope
            && reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name) == "System.Management.Automation";

        void Try(EntityHandle handle, string name)
        {
            try
            {
                assembly.ManifestModule.ResolveMember(MetadataTokens.GetToken(handle));
            }
            catch (Exception e) when (e is MissingMemberException or TypeLoadException)
            {
                missing.Add($"{name}: {e.Message}");
            }
        }
    }

    private static IEnumerable<string> Members(Type type) =>
        type.GetMembers(Declared).Where(IsVisible).Select(member => member.ToString()!);

    // An override is no member of its own, and property accessors stand for their property.
    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodInfo method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && method.GetBaseDefinition() == method,
        ConstructorInfo constructor => constructor.IsPublic || constructor.IsFamily || constructor.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily,
        _ => false,
    };

    private static string? Named(Type? type) => type is null ? null : $"{type.Namespace}.{type.Name}";
}
