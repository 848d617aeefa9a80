using System.Runtime.CompilerServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => At([i1]);
            set => SetAt(value, [i1]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => At([i1, i2]);
            set => SetAt(value, [i1, i2]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => At([i1, i2, i3]);
            set => SetAt(value, [i1, i2, i3]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => At([i1, i2, i3, i4]);
            set => SetAt(value, [i1, i2, i3, i4]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => At(indices);
            set => SetAt(value, indices);
        }

        public unsafe Tensor index(params TensorIndex[] indices)
        {
            FaasIndex* native = stackalloc FaasIndex[indices.Length];
            Encode(indices, native);
            nint result = Native.Index(Handle, native, indices.Length);
            GC.KeepAlive(indices);
            GC.KeepAlive(this);
            return new Tensor(Native.Check(result));
        }

        public Tensor index(params Tensor[] indices) => index(Array.ConvertAll(indices, TensorIndex.Tensor));

        public unsafe Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            FaasIndex* native = stackalloc FaasIndex[indices.Length];
            Encode(indices, native);
            int result = Native.IndexPut(Handle, native, indices.Length, value.Handle);
            GC.KeepAlive(indices);
            GC.KeepAlive(value);
            GC.KeepAlive(this);
            Native.Check(result);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor));

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using Tensor filler = Filler(value);
            return index_put_(filler, indices);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) => index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor));

        public Tensor index_select(long dim, Tensor index) => Aten.Call("index_select", this, dim, index);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Aten.Call("index_add", this, dim, RequireInt64(index), source, alpha);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Aten.Mutate("index_add_", this, dim, RequireInt64(index), source, alpha);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) =>
            Aten.Mutate("index_copy_", this, dim, RequireInt64(index), source);

        public Tensor index_fill_(long dim, Tensor index, Scalar value) =>
            Aten.Mutate("index_fill_.int_Scalar", this, dim, RequireInt64(index), value);

        public Tensor select(long dim, long index) => Aten.Call("select.int", this, dim, index);

        public Tensor narrow(long dim, long start, long length) => Aten.Call("narrow", this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step)
        {
            if (step < 1) throw new ArgumentException(FormattableString.Invariant($"step is {step}, but it should always be positive."));
            return Aten.Call("slice.Tensor", this, dim, start, finish, step);
        }

        public Tensor take(Tensor index) => Aten.Call("take", this, index);

        public Tensor take_along_dim(Tensor indices, long dim) => Aten.Call("take_along_dim", this, indices, dim);

        public Tensor gather(long dim, Tensor index) => Aten.Call("gather", this, dim, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Aten.Call("scatter.src", this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => Aten.Mutate("scatter_.src", this, dim, index, src);

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Aten.Call("scatter_add", this, dim, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Aten.Mutate("scatter_add_", this, dim, index, src);

        public Tensor masked_fill(Tensor mask, Scalar value) => Aten.Call("masked_fill.Scalar", this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Aten.Mutate("masked_fill_.Scalar", this, mask, value);

        public Tensor masked_scatter(Tensor mask, Tensor value) => Aten.Call("masked_scatter", this, mask, value);

        public Tensor masked_scatter_(Tensor mask, Tensor value) => Aten.Mutate("masked_scatter_", this, mask, value);

        public Tensor masked_select(Tensor mask)
        {
            if (mask.dtype != ScalarType.Bool) throw new ArgumentException("The mask tensor must be Boolean.");
            return Aten.Call("masked_select", this, mask);
        }

        public Tensor nonzero() => Aten.Call("nonzero", this);

        public Tensor argwhere() => Aten.Call("argwhere", this);

        public Tensor where(Tensor condition, Tensor y)
        {
            if (condition.dtype != ScalarType.Bool) throw new ArgumentException("The condition to 'where' must be a boolean tensor.");
            return Aten.Call("where.self", condition, this, y);
        }

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Aten.Mutate("copy_", this, source, nonBlocking);

        public Tensor fill_(Scalar value) => Aten.Mutate("fill_.Scalar", this, value);

        private static unsafe void Encode(TensorIndex[] indices, FaasIndex* native)
        {
            for (int i = 0; i < indices.Length; i++) native[i] = indices[i].Encode();
        }

        private static Tensor RequireInt64(Tensor index) =>
            index.dtype == ScalarType.Int64 ? index : throw new ArgumentException("Element type of 'index' must be 'Int64'");

        private Tensor At(long[] indices)
        {
            Tensor result = select(0, indices[0]);
            foreach (long index in indices.AsSpan(1))
            {
                Tensor outer = result;
                result = outer.select(0, index);
                outer.Dispose();
            }

            return result;
        }

        private void SetAt(Tensor value, long[] indices)
        {
            using Tensor target = At(indices);
            target.copy_(value);
        }

        private Tensor Filler(Scalar value) => full([], value, dtype, device);
    }
}
