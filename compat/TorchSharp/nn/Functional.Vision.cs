using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Resizes the spatial dimensions of [N, C, ...] to a size or by factors.</summary>
            /// <exception cref="NotSupportedException">A mode and a number of dimensions that do not go together.</exception>
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false,
                bool antialias = false)
            {
                if (recompute_scale_factor && scale_factor is not null)
                {
                    (size, scale_factor) = (scale_factor.Select((factor, i) => (long)Math.Floor(x.size(i + 2) * factor)).ToArray(), null);
                }

                long dims = x.ndim - 2;
                bool align = align_corners ?? false;
                return (mode, dims) switch
                {
                    (InterpolationMode.Nearest, 1) => Aten.Call("upsample_nearest1d.vec", x, size, scale_factor),
                    (InterpolationMode.Nearest, 2) => Aten.Call("upsample_nearest2d.vec", x, size, scale_factor),
                    (InterpolationMode.Nearest, 3) => Aten.Call("upsample_nearest3d.vec", x, size, scale_factor),
                    (InterpolationMode.NearestExact, 2) => Aten.Call("_upsample_nearest_exact2d.vec", x, size, scale_factor),
                    (InterpolationMode.Linear, 1) => Aten.Call("upsample_linear1d.vec", x, size, align, scale_factor),
                    (InterpolationMode.Bilinear, 2) when antialias =>
                        Aten.Call("_upsample_bilinear2d_aa.vec", x, size, align, scale_factor),
                    (InterpolationMode.Bicubic, 2) when antialias =>
                        Aten.Call("_upsample_bicubic2d_aa.vec", x, size, align, scale_factor),
                    (InterpolationMode.Bilinear, 2) => Aten.Call("upsample_bilinear2d.vec", x, size, align, scale_factor),
                    (InterpolationMode.Bicubic, 2) => Aten.Call("upsample_bicubic2d.vec", x, size, align, scale_factor),
                    (InterpolationMode.Area, 2) => Aten.Call("adaptive_avg_pool2d", x, size ?? Scaled(x, scale_factor)),
                    _ => throw new NotSupportedException(
                        FormattableString.Invariant($"interpolate: mode {mode} with {dims} spatial dimensions")),
                };
            }

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) =>
                Aten.Call("adaptive_avg_pool2d", input, output_size);

            public static Tensor pixel_shuffle(Tensor input, long upscale_factor) => Aten.Call("pixel_shuffle", input, upscale_factor);

            private static long[] Scaled(Tensor x, double[]? factors) => factors is null
                ? throw new ArgumentException("interpolate: either size or scale_factor is needed")
                : factors.Select((factor, i) => (long)Math.Floor(x.size(i + 2) * factor)).ToArray();
        }
    }
}
