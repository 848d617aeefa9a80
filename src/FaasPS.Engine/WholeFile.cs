namespace FaasPS.Engine;

/// <summary>Files that appear whole or not at all: written under another name in the same folder, then moved into place.</summary>
public static class WholeFile
{
    /// <summary>The ending of what is not yet whole; only a kill in the middle of writing leaves such a file behind.</summary>
    internal const string Unfinished = ".partial";

    /// <summary>File systems take 255 bytes; a character has up to four, and the rest of the temporary name needs its own.</summary>
    private const int LongestPrefix = 50;

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="write">Writes to the path it is given.</param>
    /// <param name="overwrite">false: a file that exists stays as it is and is an error.</param>
    /// <exception cref="IOException">The folder does not exist, the file is to be kept, or the disk fails.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission to write there.</exception>
    public static void Write(string path, Action<string> write, bool overwrite = true)
    {
        var name = Path.GetFileName(path);
        var prefix = name[..Math.Min(name.Length, LongestPrefix)];
        var temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $"{prefix}.{Path.GetRandomFileName()}{Unfinished}");
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
