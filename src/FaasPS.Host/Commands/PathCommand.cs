using System.Management.Automation;

namespace FaasPS.Host.Commands;

/// <summary>Turns -Path (wildcards) and -LiteralPath (none) into existing paths; each that fails is one error.</summary>
public abstract class PathCommand : PSCmdlet
{
    private protected IEnumerable<string> Resolve(string[]? paths, bool literal) =>
        (paths ?? []).SelectMany(path => Resolve(path, literal));

    private protected IEnumerable<string> Resolve(string path, bool literal)
    {
        try
        {
            if (!literal)
                return GetResolvedProviderPathFromPSPath(path, out _);
            string full = GetUnresolvedProviderPathFromPSPath(path);
            return File.Exists(full) || Directory.Exists(full)
                ? [full]
                : throw new ItemNotFoundException($"Cannot find path '{full}' because it does not exist.");
        }
        catch (Exception e) when (e is RuntimeException or PSArgumentException)
        {
            var record = new ErrorRecord(((IContainsErrorRecord)e).ErrorRecord, e);
            WriteError(new ErrorRecord(e, record.FullyQualifiedErrorId, record.CategoryInfo.Category, path));
            return [];
        }
    }
}
