using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Skipping;

/// <summary>
/// Evenly spread runs of elements of each picture of a batch, in the order they lie in memory: enough to estimate norms by, where the whole
/// norms of all units would take a tenth of a small model's step. Runs, because what another core has just written costs by the cache line.
/// </summary>
internal static class ElementSample
{
    private const int Runs = 32;
    private const int RunLength = 4;

    /// <summary>Reads them from a tensor in the processor's memory.</summary>
    /// <param name="x">[N, C, H, W], in either layout; float32, float16 or bfloat16.</param>
    /// <param name="values">Where they go; another array takes its place if it is not of their number, N n.</param>
    public static void Read(Tensor x, ref float[] values)
    {
        using var ordered = InMemoryOrder(x);
        var bytes = ordered.bytes;
        var (type, pictures) = (x.dtype, (int)x.shape[0]);
        var elements = bytes.Length / (type == float32 ? sizeof(float) : sizeof(ushort)) / pictures;
        var (runs, stride, length) = Spread(elements);
        if (values.Length != pictures * runs * length) values = new float[pictures * runs * length];
        var singles = MemoryMarshal.Cast<byte, float>(bytes);
        var halves = MemoryMarshal.Cast<byte, Half>(bytes);
        var words = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (var to = 0; to < values.Length; to++)
        {
            var (run, i) = Math.DivRem(to, length);
            var from = (run / runs * elements) + (run % runs * stride) + i;
            values[to] = type switch
            {
                ScalarType.Float32 => singles[from],
                ScalarType.Float16 => (float)halves[from],
                _ => BitConverter.Int32BitsToSingle(words[from] << 16), // bfloat16
            };
        }
    }

    /// <summary>The same on the tensor's device, nothing waited for: [N n], float32, the caller's to dispose of.</summary>
    public static Tensor Take(Tensor x)
    {
        using var scope = NewDisposeScope();
        var rows = InMemoryOrder(x).flatten(1); // [N, C H W]
        var (runs, stride, length) = Spread((int)rows.shape[1]);
        return rows.narrow(1, 0, runs * stride).view(rows.shape[0], runs, stride).narrow(2, 0, length).to(float32, copy: true).flatten()
            .DetachFromDisposeScope();
    }

    /// <summary>How many runs, how far apart they begin (odd where it can be, so that they keep to no column), how long they are.</summary>
    private static (int Runs, int Stride, int Length) Spread(int elements)
    {
        var runs = Math.Clamp(elements / (2 * RunLength), 1, Runs);
        var stride = Math.Max(1, (elements / runs) - 1 | 1);
        return (runs, stride, Math.Min(stride, RunLength));
    }

    private static Tensor InMemoryOrder(Tensor x)
    {
        if (x.is_contiguous()) return x.alias();
        using var channelsLast = x.permute(0, 2, 3, 1);
        return channelsLast.contiguous();
    }
}
