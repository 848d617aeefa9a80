namespace FaasPS.Engine.Text;

/// <summary>Looks for CLIP's vocabulary, which is not part of the module.</summary>
public static class VocabularyLocator
{
    private static readonly string[] FileNames = ["merges.txt", "bpe_simple_vocab_16e6.txt", "bpe_simple_vocab_16e6.txt.gz"];

    /// <summary>
    /// Where build/fetch-vocabulary.sh puts it: <c>faasps</c> in the user's local application data (on Linux $XDG_DATA_HOME or
    /// ~/.local/share).
    /// </summary>
    public static string UserFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "faasps");

    /// <summary>The vocabulary file in this folder or in its folder <c>tokenizer</c>, or null.</summary>
    public static string? Find(string folder) =>
        new[] { Path.Combine(folder, "tokenizer"), folder }
            .SelectMany(place => FileNames.Select(name => Path.Combine(place, name))).FirstOrDefault(File.Exists);

    /// <summary>The first of: the given file or folder, the model's folder, the user's folder.</summary>
    /// <param name="tokenizerPath">What the user asked for; when given, nothing else is considered.</param>
    /// <param name="modelFolder">The folder that holds the checkpoint.</param>
    /// <param name="userFolder">Instead of <see cref="UserFolder"/>.</param>
    /// <exception cref="TokenizerException">There is no vocabulary at these places.</exception>
    public static string Locate(string? tokenizerPath, string? modelFolder, string? userFolder = null)
    {
        if (tokenizerPath is not null)
            return File.Exists(tokenizerPath)
                ? tokenizerPath
                : Find(tokenizerPath) ?? throw Missing($"'{tokenizerPath}' is no file and no folder that holds one");

        userFolder ??= UserFolder;
        return (modelFolder is null ? null : Find(modelFolder)) ?? Find(userFolder)
            ?? throw Missing(modelFolder is null
                ? $"'{userFolder}' holds none"
                : $"neither the model's folder '{modelFolder}' nor '{userFolder}' holds one");
    }

    private static TokenizerException Missing(string reason) => new(
        $"No tokenizer vocabulary: {reason} (looked for {string.Join(", ", FileNames)}, also in a folder 'tokenizer'). "
        + "CLIP's own is bpe_simple_vocab_16e6.txt.gz of the openai/CLIP repository: put it into one of these places, or give its path. "
        + "From a clone of FaasPS, build/fetch-vocabulary.sh gets it.");
}
