using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Aten.Call("matmul", this, target);

        public Tensor mm(Tensor target) => Aten.Call("mm", this, target);

        public Tensor mv(Tensor target) => Aten.Call("mv", this, target);

        public Tensor bmm(Tensor batch2) => Aten.Call("bmm", this, batch2);

        public Tensor dot(Tensor target)
        {
            if (ndim != 1 || target.ndim != 1 || shape[0] != target.shape[0])
            {
                throw new InvalidOperationException("dot arguments must have the same shape.");
            }

            return Aten.Call("dot", this, target);
        }

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            Aten.Call("addmm", this, mat1, mat2, (Scalar)beta, (Scalar)alpha);

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            Aten.Mutate("addmm_", this, mat1, mat2, (Scalar)beta, (Scalar)alpha);

        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1.0f, float alpha = 1.0f) =>
            Aten.Call("addmv", this, mat, vec, (Scalar)beta, (Scalar)alpha);

        public Tensor outer(Tensor vec2) => Aten.Call("outer", this, vec2);

        public Tensor ger(Tensor vec2) => outer(vec2);

        public Tensor inner(Tensor vec2) => Aten.Call("inner", this, vec2);

        public Tensor kron(Tensor other) => Aten.Call("kron", this, other);

        public Tensor trace()
        {
            if (ndim != 2)
            {
                throw new ArgumentException(FormattableString.Invariant($"Expected a matrix, but got tensor with ndim == {ndim}"));
            }

            return Aten.Call("trace", this);
        }

        public Tensor tensordot(Tensor b, long[] dims1, long[] dims2) => Aten.Call("tensordot", this, b, dims1, dims2);
    }
}
