using FaasPS.Engine.Imaging;
using FaasPS.Engine.Weights;
using TorchSharp;

namespace FaasPS.Engine.Training;

/// <summary>The parts of a model, in the order in which they are trained.</summary>
public enum TrainingStage
{
    /// <summary>AutoencoderKL, on pictures alone.</summary>
    Autoencoder,

    /// <summary>Text tower and U-Net together, on latents and captions.</summary>
    Diffusion,

    /// <summary>The control branch of one band; everything else is frozen.</summary>
    Control,
}

/// <summary>What a stage trains and by which loss.</summary>
internal interface ITrainingStage : IDisposable
{
    /// <summary>Makes the networks that are trained.</summary>
    /// <param name="weights">Their weights, the root of the checkpoint's keys.</param>
    /// <returns>The mean loss over the samples of a batch, a scalar to differentiate. Called by one thread at a time.</returns>
    Func<TrainingBatch, torch.Tensor> Bind(WeightScope weights);

    /// <summary>Draws what a step needs, in the current dispose scope.</summary>
    /// <param name="samples">The examples' numbers.</param>
    /// <param name="random">Draws everything random, so that the same state gives the same batch.</param>
    TrainingBatch Draw(long[] samples, torch.Generator random);

    /// <summary>What goes from step to step besides the weights, and into checkpoints.</summary>
    (string Name, torch.Tensor Tensor)[] State => [];

    /// <summary>Called after each step, before its tensors are disposed of.</summary>
    /// <param name="batch">What <see cref="Draw"/> made and the losses were of.</param>
    /// <param name="random">The same generator, where Draw left it.</param>
    void Finish(TrainingBatch batch, torch.Generator random)
    {
    }

    /// <summary>The model's configuration where training changes it; none: it stays as it is.</summary>
    /// <param name="weights">All of the model's weights, with those trained so far.</param>
    ModelConfig? Measure(IWeightSource weights) => null;

    /// <summary>Shows what the model can do so far.</summary>
    /// <param name="weights">All of the model's weights, with those trained so far.</param>
    RgbImage Sheet(IWeightSource weights);
}
