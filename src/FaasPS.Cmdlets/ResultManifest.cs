using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaasPS.Cmdlets;

/// <summary>
/// results.jsonl beside the pictures: a line of JSON for each that was written, in the order they were written. Runs append, so that of
/// several lines with one name the last holds; a line appears whole or not at all, and several runs may write to one file.
/// </summary>
internal static class ResultManifest
{
    private const string FileName = "results.jsonl";
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The manifest that a picture belongs into.</summary>
    public static string Beside(string picture) => Path.Combine(Path.GetDirectoryName(picture)!, FileName);

    /// <summary>Adds a line.</summary>
    /// <exception cref="IOException">The disk fails, or another program keeps the file to itself.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission to write there.</exception>
    public static void Append(string manifest, JsonObject line)
    {
        var bytes = Encoding.UTF8.GetBytes(line.ToJsonString(Plain) + "\n");
        using var file = Open(manifest);
        file.Seek(0, SeekOrigin.End);
        // A process that was killed may have left half a line: it is not to spoil this one.
        if (file.Length > 0 && LastByte(file) != '\n') file.WriteByte((byte)'\n');
        file.Write(bytes); // one write, from the pipeline's thread, which stopping does not interrupt
    }

    private static int LastByte(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte();
    }

    /// <summary>Opens the file for this run alone; readers may go on reading. Another run has it for a moment only.</summary>
    private static FileStream Open(string path)
    {
        // On Unix .NET locks a file that is written to against other writers only where nothing is shared.
        var share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None;
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, bufferSize: 0);
            }
            catch (IOException exception) when (exception.GetType() == typeof(IOException) && DateTime.UtcNow < until)
            {
                Thread.Sleep(10);
            }
        }
    }
}
