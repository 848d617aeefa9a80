using System.Text.Json;
using FaasPS.Engine.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>What a model is trained on cannot be read. The message names the file, and the line of a list.</summary>
public sealed class TrainingDataException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>One example: a picture, what it shows, and the picture that a control branch gets to see of it.</summary>
/// <param name="Picture">Row of the target among the pictures.</param>
/// <param name="Source">Row of the picture that steers, the target itself unless the list names another.</param>
/// <param name="Prompt">The caption; none where only pictures are asked for and it has none.</param>
internal readonly record struct TrainingSample(int Picture, int Source, string? Prompt);

/// <summary>
/// Training pictures, decoded and resized once and kept in memory as bytes: 12 KB for one of 64x64. Read from a folder of pictures with
/// captions in .txt files beside them, or from a list with a JSON object a line: image, prompt and, for the control stage, source.
/// </summary>
internal sealed class TrainingData : IDisposable
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private TrainingData(IReadOnlyList<TrainingSample> samples, Tensor pictures) => (Samples, Pictures) = (samples, pictures);

    public IReadOnlyList<TrainingSample> Samples { get; }

    /// <summary>The distinct pictures, bytes [M, size, size, 3].</summary>
    public Tensor Pictures { get; }

    /// <param name="path">The folder or the list.</param>
    /// <param name="size">The side that every picture is resized to, by area as for inference.</param>
    /// <param name="captioned">Whether every example needs a caption.</param>
    /// <param name="cancellation">Checked at every picture.</param>
    /// <exception cref="TrainingDataException">There are no pictures, a line of the list is wrong, or a caption is missing.</exception>
    /// <exception cref="ImageException">A picture cannot be read.</exception>
    public static TrainingData Load(string path, int size, bool captioned = false, CancellationToken cancellation = default)
    {
        var entries = (Directory.Exists(path) ? ReadFolder(path) : ReadList(path)).ToArray();
        var bare = captioned ? [.. entries.Where(entry => entry.Prompt is null).Select(entry => entry.Image)] : Array.Empty<string>();
        if (bare is [var first, ..])
            throw new TrainingDataException(FormattableString.Invariant(
                $"'{first}' has no caption; pictures without one: {bare.Length}. Captions go into .txt files beside them, or under \"prompt\"."));
        // In the order of their names: other lists of the same pictures then have the same rows, and their latents are encoded once.
        var files = entries.SelectMany(entry => new[] { entry.Image, entry.Source ?? entry.Image }).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).ToArray();
        var rows = files.Select((file, row) => (file, row)).ToDictionary(pair => pair.file, pair => pair.row, StringComparer.Ordinal);
        var samples = entries
            .Select(entry => new TrainingSample(rows[entry.Image], rows[entry.Source ?? entry.Image], entry.Prompt)).ToArray();
        if (samples.Length == 0)
            throw new TrainingDataException($"'{path}' names no pictures ({string.Join(", ", Extensions)}) to train on.");
        return new TrainingData(samples, Decode(files, size, cancellation));
    }

    /// <summary>Pictures as a model takes them, [N, 3, size, size] in [-1, 1], float32.</summary>
    /// <param name="rows">Which, int64 [N].</param>
    /// <param name="device">Where they are wanted.</param>
    public Tensor Floats(Tensor rows, Device device)
    {
        using var scope = NewDisposeScope();
        return Pictures.index_select(0, rows).to(device).permute(0, 3, 1, 2).to(float32).contiguous().div_(127.5).sub_(1)
            .MoveToOuterDisposeScope();
    }

    public void Dispose() => Pictures.Dispose();

    private static Tensor Decode(IReadOnlyList<string> files, int size, CancellationToken cancellation)
    {
        var pictures = empty([files.Count, size, size, 3], uint8).DetachFromDisposeScope();
        try
        {
            Parallel.For(0, files.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
            {
                var image = ImageReader.Read(files[i]);
                if (image.Width != size || image.Height != size) image = AreaResize.Resize(image, size, size);
                using var target = pictures.select(0, i);
                image.Pixels.CopyTo(target.bytes);
            });
            return pictures;
        }
        catch (Exception exception)
        {
            pictures.Dispose();
            if (exception is AggregateException { InnerExceptions: [var first, ..] })
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
            throw;
        }
    }

    private static IEnumerable<(string Image, string? Prompt, string? Source)> ReadFolder(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(file =>
            {
                var caption = Path.ChangeExtension(file, ".txt");
                return (file, File.Exists(caption) ? File.ReadAllText(caption).Trim() : null, (string?)null);
            });

    private static IEnumerable<(string Image, string? Prompt, string? Source)> ReadList(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no training data at '{path}'.", path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            Entry? entry;
            try
            {
                entry = JsonSerializer.Deserialize<Entry>(line, Json);
            }
            catch (JsonException exception)
            {
                throw Bad(exception);
            }
            if (string.IsNullOrEmpty(entry?.Image)) throw Bad();
            var source = entry.Source is null ? null : Path.Combine(folder, entry.Source);
            yield return (Path.Combine(folder, entry.Image), entry.Prompt, source);
        }

        TrainingDataException Bad(Exception? inner = null) => new(FormattableString.Invariant(
            $"Line {number} of '{path}' is no example: a line is a JSON object such as {{\"image\": \"a.png\", \"prompt\": \"a cat\"}}."),
            inner);
    }

    private sealed record Entry(string? Image, string? Prompt, string? Source);
}
