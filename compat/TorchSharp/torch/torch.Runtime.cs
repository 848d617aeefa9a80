using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    private static bool _nativeLoaded;

    // As in TorchSharp, the first touch of this class loads the native library; types around it (Tensor, DeviceType) do not.
    static torch() => TryInitializeDeviceType(DeviceType.CUDA);

    /// <summary>The version of the libtorch underneath, with four numbers.</summary>
    public static string __version__ => Native.Version + ".0";

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.ThreadSingleton.CurrentDisposeScope;

    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.NewDisposeScope();

    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    /// <returns>Whether tensors can live on such a device.</returns>
    /// <exception cref="NotSupportedException">The native library cannot be loaded.</exception>
    public static bool TryInitializeDeviceType(DeviceType deviceType)
    {
        if (deviceType == DeviceType.MPS) return false;
        LoadNativeBackend();
        return deviceType != DeviceType.CUDA || Native.CudaDeviceCount() > 0;
    }

    /// <exception cref="InvalidOperationException">There is no such device.</exception>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (deviceType == DeviceType.MPS)
        {
            throw new InvalidOperationException("Torch device type 'MPS' is not available on this platform.");
        }

        if (!TryInitializeDeviceType(deviceType))
        {
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine.");
        }
    }

    public static Device InitializeDevice(Device? device)
    {
        device ??= get_default_device();
        InitializeDeviceType(device.type);
        return device;
    }

    // libtorch's errors are thrown where they happen, so that none is ever pending here.
    public static void CheckForErrors()
    {
    }

    public static int get_num_threads() => Native.NumThreads();

    public static void set_num_threads(int num) => Native.Check(Native.SetNumThreads(num));

    public static int get_num_interop_threads() => Native.NumInteropThreads();

    public static void set_num_interop_threads(int num) => Native.Check(Native.SetNumInteropThreads(num));

    public static bool cuda_is_available() => cuda.is_available();

    public static bool mps_is_available() => false;

    private static void LoadNativeBackend()
    {
        if (_nativeLoaded) return;
        try
        {
            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);
        }
        catch (DllNotFoundException e)
        {
            throw new NotSupportedException(
                $"LibTorchSharp (libLibTorchSharp.so), or the libtorch that it was built against, cannot be loaded: {e.Message}", e);
        }

        _nativeLoaded = true;
    }

    public static partial class cuda
    {
        public static bool is_available() => TryInitializeDeviceType(DeviceType.CUDA);

        public static bool is_cudnn_available() => TryInitializeDeviceType(DeviceType.CUDA) && Native.CudnnAvailable() != 0;

        public static int device_count()
        {
            TryInitializeDeviceType(DeviceType.CUDA);
            return Native.CudaDeviceCount();
        }

        public static void synchronize(Device? device = null)
        {
            TryInitializeDeviceType(device?.type ?? DeviceType.CUDA);
            Native.Check(Native.CudaSynchronize(device?.index ?? -1));
        }
    }

    public static partial class backends
    {
        private static bool GetAllowTf32(int cudnn)
        {
            int allowed = Native.AllowTf32(cudnn);
            Native.Check(allowed);
            return allowed != 0;
        }

        private static void SetAllowTf32(int cudnn, bool allow) => Native.Check(Native.SetAllowTf32(cudnn, allow ? 1 : 0));

        public static partial class cuda
        {
            public static partial class matmul
            {
                public static bool allow_tf32
                {
                    get => GetAllowTf32(0);
                    set => SetAllowTf32(0, value);
                }
            }
        }

        public static partial class cudnn
        {
            public static bool allow_tf32
            {
                get => GetAllowTf32(1);
                set => SetAllowTf32(1, value);
            }
        }
    }
}
