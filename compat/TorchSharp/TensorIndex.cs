using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One entry between the brackets of t[...].</summary>
    public struct TensorIndex
    {
        public static TensorIndex Ellipsis = new() { _kind = Kind.Ellipsis };
        public static TensorIndex None = new() { _kind = Kind.NewAxis };
        public static TensorIndex Null = new() { _kind = Kind.NewAxis };
        public static TensorIndex Colon = Slice();

        private const long Absent = long.MinValue;

        private Kind _kind;
        private long? _start;
        private long? _stop;
        private long? _step;
        private Tensor? _tensor;

        // The numbers of FaasIndex.kind in native/tensor.cpp.
        private enum Kind
        {
            NewAxis, False, True, Ellipsis, Tensor, Single, Slice,
        }

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        // Exists so that brackets of numbers and slices prefer TensorIndex over Tensor.
        public static implicit operator Tensor(TensorIndex value) => throw new InvalidOperationException("Should not be called.");

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { _kind = Kind.Slice, _start = start, _stop = stop, _step = step };

        public static TensorIndex Slice((int? start, int? end) range) => Slice(range.start, range.end);

        public static TensorIndex Slice(Range range)
        {
            long start = range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value;
            long? end = !range.End.IsFromEnd ? range.End.Value : range.End.Value == 0 ? null : -range.End.Value;
            return Slice(start, end);
        }

        public static TensorIndex Bool(bool value) => new() { _kind = value ? Kind.True : Kind.False };

        public static TensorIndex Single(long? index) => new() { _kind = Kind.Single, _start = index ?? 0 };

        public static TensorIndex Tensor(Tensor tensor) => new() { _kind = Kind.Tensor, _tensor = tensor };

        internal readonly FaasIndex Encode() => new()
        {
            Kind = (long)_kind,
            Start = _start ?? Absent,
            Stop = _stop ?? Absent,
            Step = _step ?? Absent,
            Tensor = _kind == Kind.Tensor ? _tensor!.Handle : 0,
        };
    }
}
