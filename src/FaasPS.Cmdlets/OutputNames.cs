using FaasPS.Engine;
using FaasPS.Engine.Imaging;

namespace FaasPS.Cmdlets;

/// <summary>Names results as the reference does, and keeps those of one call apart.</summary>
internal sealed class OutputNames
{
    private readonly HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// {mode}_{route}_{source file name}, a PNG where the source's extension tells no format that can be written; a second one of that name
    /// gets _2 and so on.
    /// </summary>
    public string Next(string folder, TranslationMode mode, string route, string source)
    {
        var name = $"{mode}_{route}_".ToLowerInvariant() + Path.GetFileNameWithoutExtension(source);
        var extension = ImageWriter.CanWrite(source) ? Path.GetExtension(source) : ".png";
        for (var number = 1; ; number++)
        {
            var path = Path.Combine(folder, number == 1 ? name + extension : $"{name}_{number}{extension}");
            if (taken.Add(path)) return path;
        }
    }
}
