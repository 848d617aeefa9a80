namespace System.Management.Automation.Language;

/// <summary>Completers are handed the command's syntax tree; without a shell there is none, so this type has no content.</summary>
public class CommandAst
{
    internal CommandAst()
    {
    }
}
