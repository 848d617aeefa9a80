using System.Management.Automation;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>Export-FaasPolicy: writes skipping policies.</summary>
[Cmdlet(VerbsData.Export, "FaasPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(FaasPolicy))]
public sealed class ExportFaasPolicyCommand : FaasCmdlet
{
    private readonly HashSet<string> written = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What to write.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [PolicyTransformation]
    [ArgumentCompleter(typeof(PolicyCompleter))]
    [ValidateNotNullOrEmpty]
    public FaasPolicy[] Policy { get; set; } = [];

    /// <summary>A .json file, or a folder, in which each policy gets the file of its name.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Leaves files that exist as they are.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Passes the policies on.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var policy in Policy)
        {
            Attempt(policy, () =>
            {
                var file = FileFor(policy);
                if (NoClobber && File.Exists(file)) WriteError(ErrorRecords.PolicyExists(file));
                else if (!written.Add(file)) WriteError(ErrorRecords.PolicyFileTaken(file, policy));
                else if (ShouldProcess(file, $"Write the policy '{policy}'")) Write(policy, file);
            });
        }
    }

    private void Write(FaasPolicy policy, string file)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        PolicyFile.Write(policy.Engine, file);
        if (PassThru) WriteObject(policy);
    }

    private string FileFor(FaasPolicy policy)
    {
        var path = ResolveNew(Path);
        if (System.IO.Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path)) return path;
        if (policy.Name.IndexOfAny(System.IO.Path.GetInvalidFileNameChars()) >= 0)
            throw new PolicyException($"The policy's name '{policy.Name}' cannot be a file's. Give -Path a file, such as 'policy.json'.");
        return System.IO.Path.Combine(path, $"{policy.Name}.json");
    }
}
