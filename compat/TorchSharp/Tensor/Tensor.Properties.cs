using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long Dimensions => Layout.Dim;

        public long ndim => Layout.Dim;

        public long NumberOfElements => Layout.Numel;

        public long ElementSize => Layout.ElementSize;

        public ScalarType dtype => (ScalarType)Layout.DType;

        public DeviceType device_type => (DeviceType)Layout.DeviceType;

        public int device_index => Layout.DeviceIndex;

        public Device device
        {
            get
            {
                var layout = Layout;
                var type = (DeviceType)layout.DeviceType;
                return type == DeviceType.CPU ? new Device(DeviceType.CPU) : new Device(type, layout.DeviceIndex);
            }
        }

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_sparse => Layout.Sparse != 0;

        public bool is_leaf => Layout.Leaf != 0;

        public long[] shape => size();

        private unsafe FaasLayout Layout
        {
            get
            {
                FaasLayout layout;
                Native.Check(Native.Layout(Handle, &layout));
                GC.KeepAlive(this);
                return layout;
            }
        }

        public long dim() => Layout.Dim;

        public long numel() => Layout.Numel;

        public long element_size() => Layout.ElementSize;

        public long storage_offset() => Layout.StorageOffset;

        public bool is_contiguous() => Layout.Contiguous != 0;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public bool is_nonzero()
        {
            if (numel() != 1) throw new InvalidOperationException("is_nonzero() called on non-singleton tensor");
            return Aten.Test("is_nonzero", this);
        }

        public unsafe long[] size()
        {
            var sizes = new long[Dimensions];
            fixed (long* to = sizes) Native.Check(Native.Sizes(Handle, to, null));
            GC.KeepAlive(this);
            return sizes;
        }

        public long size(int dim) => Aten.Number("size.int", this, dim).ToInt64();

        public unsafe long[] stride()
        {
            var sizes = new long[Dimensions];
            var strides = new long[sizes.Length];
            fixed (long* to = sizes, stridesTo = strides) Native.Check(Native.Sizes(Handle, to, stridesTo));
            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim) => Aten.Number("stride.int", this, dim).ToInt64();
    }
}
