using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>
/// The order in which examples are seen: all of them, shuffled anew each time round. It is a function of the seed and the position alone,
/// and so are each step's random numbers: a resumed run needs no generator's state.
/// </summary>
/// <param name="count">The number of examples.</param>
/// <param name="seed">The run's.</param>
internal sealed class SampleOrder(int count, long seed)
{
    private long round = -1;
    private long[] order = [];

    /// <summary>The examples of a step, [batch].</summary>
    public long[] Batch(long step, int batch) => [.. Enumerable.Range(0, batch).Select(i => At((step * batch) + i))];

    /// <summary>A generator for what a step draws.</summary>
    public Generator Random(long step) => new(Mixed(step, 0x5EED), CPU);

    private long At(long position)
    {
        if (position / count != round)
        {
            round = position / count;
            using var scope = NewDisposeScope();
            using var random = new Generator(Mixed(round, 0x0BDE), CPU);
            order = randperm(count, int64, generator: random).data<long>().ToArray();
        }
        return order[position % count];
    }

    /// <summary>
    /// SplitMix64's finalizer (Steele et al. 2014): libtorch's generator takes 32 bits of a seed, and neighbours must differ there.
    /// </summary>
    private ulong Mixed(long index, ulong purpose)
    {
        var z = unchecked(((ulong)seed * 0x9E3779B97F4A7C15) + ((ulong)index * 0xD1B54A32D192ED03) + purpose);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
}
