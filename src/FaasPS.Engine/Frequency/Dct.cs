using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Frequency;

/// <summary>
/// The two-dimensional DCT-II and its inverse as products with cosine matrices: Z = C_h X C_wᵀ. Latents are small, so the product is faster
/// than a transform through the FFT, and exact for any size.
/// </summary>
public static class Dct
{
    /// <summary>DCT-II over the last two axes, [.., H, W] -> [.., H, W], in x's type and on its device.</summary>
    /// <param name="x">The signal.</param>
    /// <param name="orthonormal">Whether the basis has unit norm; otherwise X_k = 2 sum_n x_n cos(pi (2n+1) k / 2N), as in scipy.</param>
    public static Tensor Forward(Tensor x, bool orthonormal = true)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (Matrix(x.shape[^2], orthonormal, x), Matrix(x.shape[^1], orthonormal, x));
        return rows.matmul(x).matmul(columns.t()).MoveToOuterDisposeScope();
    }

    /// <summary>The inverse of <see cref="Forward"/> with the same normalisation.</summary>
    public static Tensor Inverse(Tensor spectrum, bool orthonormal = true)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (Inverse(spectrum.shape[^2], orthonormal, spectrum), Inverse(spectrum.shape[^1], orthonormal, spectrum));
        return rows.matmul(spectrum).matmul(columns.t()).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The orthonormal matrix is inverted by its transpose; the other by the transpose of its rows over their squared norms.
    /// </summary>
    private static Tensor Inverse(long size, bool orthonormal, Tensor like)
    {
        if (orthonormal) return Matrix(size, orthonormal: true, like).t();
        var matrix = Basis(size, k => 1 / (k == 0 ? 2.0 * size : size)); // 2 cos -> squared norm 4N for k = 0, 2N otherwise
        return ToTensor(matrix, size, like).t();
    }

    private static Tensor Matrix(long size, bool orthonormal, Tensor like) =>
        ToTensor(Basis(size, k => !orthonormal ? 2 : Math.Sqrt((k == 0 ? 1.0 : 2.0) / size)), size, like);

    /// <summary>c_k cos(pi (2n + 1) k / 2N), row k, column n.</summary>
    private static double[] Basis(long size, Func<long, double> scale)
    {
        var matrix = new double[size * size];
        for (long k = 0; k < size; k++)
            for (long n = 0; n < size; n++)
                matrix[(k * size) + n] = scale(k) * Math.Cos(Math.PI * ((2 * n) + 1) * k / (2.0 * size));
        return matrix;
    }

    private static Tensor ToTensor(double[] matrix, long size, Tensor like) => tensor(matrix, [size, size]).to(like.dtype, like.device);
}
