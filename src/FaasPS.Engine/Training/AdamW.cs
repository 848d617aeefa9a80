using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>AdamW's constants.</summary>
/// <param name="Beta1">Decay of the gradient's running mean.</param>
/// <param name="Beta2">Decay of the squared gradient's running mean.</param>
/// <param name="Epsilon">Added to the denominator.</param>
/// <param name="WeightDecay">The share of a weight that a step of learning rate 1 takes away.</param>
internal sealed record AdamWOptions(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0.01);

/// <summary>
/// AdamW with decoupled weight decay and bias correction (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2) over one flat tensor; m and
/// v are the paper's. The same numbers as torch.optim.AdamW over the same weights.
/// </summary>
/// <param name="values">The weights, [P]; changed in place.</param>
/// <param name="options">The constants.</param>
internal sealed class AdamW(Tensor values, AdamWOptions options) : IDisposable
{
    /// <summary>On a CPU, what is updated at a time stays in a core's cache from the first operation to the last.</summary>
    private readonly long pieceSize = values.device_type == DeviceType.CPU ? 1 << 15 : long.MaxValue;

    /// <summary>m, the running mean of the gradients, [P].</summary>
    public Tensor FirstMoment { get; } = zeros_like(values).DetachFromDisposeScope();

    /// <summary>v, the running mean of their squares, [P].</summary>
    public Tensor SecondMoment { get; } = zeros_like(values).DetachFromDisposeScope();

    /// <summary>The steps taken so far.</summary>
    public long Steps { get; set; }

    /// <summary>One step.</summary>
    /// <param name="gradient">g, [P].</param>
    /// <param name="learningRate">This step's.</param>
    public void Update(Tensor gradient, double learningRate)
    {
        Steps++;
        Update(gradient, learningRate, 0, values.numel());
    }

    /// <summary>
    /// The part of a step that concerns some of the weights, for threads that share it; <see cref="Steps"/> counts it already.
    /// </summary>
    /// <param name="gradient">g, [P].</param>
    /// <param name="learningRate">This step's.</param>
    /// <param name="first">The first weight.</param>
    /// <param name="count">How many.</param>
    public void Update(Tensor gradient, double learningRate, long first, long count)
    {
        using var frozen = no_grad();
        for (var end = first + count; first < end; first += count)
        {
            count = Math.Min(pieceSize, end - first);
            UpdatePiece(gradient, learningRate, first, count);
        }
    }

    private void UpdatePiece(Tensor gradient, double learningRate, long first, long count)
    {
        using var scope = NewDisposeScope();
        Tensor Part(Tensor flat) => flat.narrow(0, first, count);
        var (x, g, m, v) = (Part(values), Part(gradient), Part(FirstMoment), Part(SecondMoment));
        x.mul_(1 - (learningRate * options.WeightDecay));
        m.mul_(options.Beta1).add_(g, 1 - options.Beta1);
        v.mul_(options.Beta2).addcmul_(g, g, 1 - options.Beta2);
        var denominator = v.sqrt().div_(Math.Sqrt(1 - Math.Pow(options.Beta2, Steps))).add_(options.Epsilon);
        x.addcdiv_(m, denominator, -learningRate / (1 - Math.Pow(options.Beta1, Steps)));
    }

    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }
}
