using System.Security.Cryptography;
using FaasPS.Engine.Models;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>Encodes every training picture once by the frozen autoencoder: the scaled modes of the latents, [M, 4, h, w], float32.</summary>
internal sealed class PictureLatents(ModelConfig config, TrainingData data, IWeightSource weights, WorkerThreads workers, Device device)
{
    /// <summary>Pictures encoded together.</summary>
    private const int Together = 32;

    private const string Name = "latents";
    private const string PicturesKey = "pictures";

    /// <summary>Takes what an earlier run left in a file, if it was of the same pictures and autoencoder; else encodes and leaves it there.</summary>
    /// <param name="path">A safetensors file; it need not exist.</param>
    /// <param name="progress">Told the share that is done, 0 to 1, on the calling thread.</param>
    /// <param name="cancellation">Checked at every batch of pictures.</param>
    public Tensor Cached(string path, Action<double>? progress, CancellationToken cancellation)
    {
        var pictures = Fingerprint();
        if (Read(path, pictures, cancellation) is { } kept) return kept;
        var latents = Encode(progress, cancellation);
        Safetensors.Write(path, [(Name, latents)], new Dictionary<string, string>(StringComparer.Ordinal) { [PicturesKey] = pictures });
        return latents;
    }

    /// <summary>Encodes all of them.</summary>
    public Tensor Encode(Action<double>? progress, CancellationToken cancellation)
    {
        var count = data.Pictures.shape[0];
        using var loaded = new LoadedWeights(weights);
        var autoencoder = Autoencoder(loaded);
        var side = data.Pictures.shape[1] / autoencoder.Downsampling;
        var latents = empty([count, config.Channels, side, side], device: device).DetachFromDisposeScope();
        try
        {
            for (var begin = 0L; begin < count; begin += (long)workers.Count * Together)
            {
                cancellation.ThrowIfCancellationRequested();
                workers.Run(worker =>
                {
                    var first = begin + ((long)worker * Together);
                    if (first >= count) return;
                    using var frozen = no_grad();
                    using var scope = NewDisposeScope();
                    var some = Math.Min(Together, count - first);
                    latents.narrow(0, first, some).copy_(Encode(autoencoder, first, some));
                });
                progress?.Invoke(Math.Min(1, (begin + ((double)workers.Count * Together)) / count));
            }
            return latents;
        }
        catch
        {
            latents.Dispose();
            throw;
        }
    }

    /// <summary>What the file holds, if its pictures are these and the first of them are encoded to the same.</summary>
    private Tensor? Read(string path, string pictures, CancellationToken cancellation)
    {
        if (!File.Exists(path)) return null;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var file = CheckpointFile.Open(path);
        if (file.Metadata.GetValueOrDefault(PicturesKey) != pictures || !file.Contains(Name)) return null;
        var kept = file.Load(Name, float32, device);
        using var loaded = new LoadedWeights(weights);
        var first = Encode(Autoencoder(loaded), 0, Math.Min(Together, data.Pictures.shape[0]));
        cancellation.ThrowIfCancellationRequested();
        return kept.shape[0] == data.Pictures.shape[0] && kept.shape[1..].SequenceEqual(first.shape[1..])
            && kept.narrow(0, 0, first.shape[0]).allclose(first, rtol: 1e-4, atol: 1e-5) // libtorch's threads may add up differently
            ? kept.DetachFromDisposeScope()
            : null;
    }

    private Tensor Encode(AutoencoderKL autoencoder, long first, long count) =>
        autoencoder.Encode(data.Floats(arange(first, first + count, int64), device)).mul_(config.ScaleFactor);

    private AutoencoderKL Autoencoder(IWeightSource loaded) =>
        new(new WeightScope(loaded, float32, device)["first_stage_model"], config.FirstStage);

    /// <summary>SHA-256 of the pictures, row by row: together they may have more bytes than one span can.</summary>
    private string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var row = 0L; row < data.Pictures.shape[0]; row++)
        {
            using var picture = data.Pictures.select(0, row);
            hash.AppendData(picture.bytes);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
