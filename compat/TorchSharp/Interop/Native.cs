using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>Kinds of a boxed value; the same numbers as FaasKind in native/abi.h.</summary>
internal enum FaasKind
{
    None, Tensor, Int, Double, Bool, IntList, DoubleList, TensorList, String, Generator, Device,
}

[StructLayout(LayoutKind.Sequential)]
internal struct FaasValue
{
    public FaasKind Kind;
    public int Count;
    public long Data; // a number, the bits of a double, or an address
}

[StructLayout(LayoutKind.Sequential)]
internal struct FaasLayout
{
    public long Dim, Numel, ElementSize, StorageOffset;
    public int DType, DeviceType, DeviceIndex;
    public byte Contiguous, RequiresGrad, Leaf, Sparse;
}

[StructLayout(LayoutKind.Sequential)]
internal struct FaasIndex
{
    public long Kind, Start, Stop, Step;
    public nint Tensor;
}

/// <summary>The functions of libLibTorchSharp.so (native/abi.h). Negative or null means: see <see cref="LastError"/>.</summary>
internal static unsafe partial class Native
{
    private const string Library = "LibTorchSharp";

    [LibraryImport(Library, EntryPoint = "faas_last_error")] private static partial byte* LastErrorText();
    [LibraryImport(Library, EntryPoint = "faas_version")] private static partial byte* VersionText();
    [LibraryImport(Library, EntryPoint = "faas_free")] internal static partial void Free(nint list);
    [LibraryImport(Library, EntryPoint = "faas_op", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindOperator(string name, string overload);
    [LibraryImport(Library, EntryPoint = "faas_call")]
    internal static partial int Call(nint op, FaasValue* args, int count, FaasValue* results, int max);

    [LibraryImport(Library, EntryPoint = "faas_dispose")] internal static partial void Dispose(nint tensor);
    [LibraryImport(Library, EntryPoint = "faas_alias")] internal static partial nint Alias(nint tensor);
    [LibraryImport(Library, EntryPoint = "faas_layout")] internal static partial int Layout(nint tensor, FaasLayout* layout);
    [LibraryImport(Library, EntryPoint = "faas_sizes")] internal static partial int Sizes(nint tensor, long* sizes, long* strides);
    [LibraryImport(Library, EntryPoint = "faas_data")] internal static partial int Data(nint tensor, void** data);
    [LibraryImport(Library, EntryPoint = "faas_from_blob")]
    internal static partial nint FromBlob(
        void* data, long* sizes, int dims, int dtype, delegate* unmanaged<nint, void> release, nint state);
    [LibraryImport(Library, EntryPoint = "faas_from_file", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FromFile(string path, int shared, long size, int dtype);
    [LibraryImport(Library, EntryPoint = "faas_index")] internal static partial nint Index(nint tensor, FaasIndex* indices, int count);
    [LibraryImport(Library, EntryPoint = "faas_index_put")]
    internal static partial int IndexPut(nint tensor, FaasIndex* indices, int count, nint value);
    [LibraryImport(Library, EntryPoint = "faas_attention")]
    internal static partial nint Attention(nint query, nint key, nint value, nint mask, double dropout, int causal);
    [LibraryImport(Library, EntryPoint = "faas_convolution")] internal static partial nint Convolution(nint tensor, nint weight, nint bias);
    [LibraryImport(Library, EntryPoint = "faas_linear")] internal static partial nint Linear(nint tensor, nint weight, nint bias);
    [LibraryImport(Library, EntryPoint = "faas_gelu")] internal static partial nint Gelu(nint tensor);
    [LibraryImport(Library, EntryPoint = "faas_silu")] internal static partial nint Silu(nint tensor, int inplace);
    [LibraryImport(Library, EntryPoint = "faas_group_norm")]
    internal static partial nint GroupNorm(nint tensor, long groups, nint weight, nint bias, double eps);
    [LibraryImport(Library, EntryPoint = "faas_layer_norm")]
    internal static partial nint LayerNorm(nint tensor, long* shape, int dims, nint weight, nint bias, double eps);

    [LibraryImport(Library, EntryPoint = "faas_set_requires_grad")] internal static partial int SetRequiresGrad(nint tensor, int value);
    [LibraryImport(Library, EntryPoint = "faas_retain_grad")] internal static partial int RetainGrad(nint tensor);
    [LibraryImport(Library, EntryPoint = "faas_grad")] internal static partial int Grad(nint tensor, nint* grad);
    [LibraryImport(Library, EntryPoint = "faas_set_grad")] internal static partial int SetGrad(nint tensor, nint grad);
    [LibraryImport(Library, EntryPoint = "faas_backward")]
    internal static partial int Backward(nint[] tensors, int count, nint[] grads, int gradCount, int retainGraph, int createGraph,
        nint[] inputs, int inputCount);
    [LibraryImport(Library, EntryPoint = "faas_autograd_grad")]
    internal static partial int AutogradGrad(nint[] outputs, int count, nint[] inputs, int inputCount, nint[] grads, int gradCount,
        int retainGraph, int createGraph, int allowUnused, [In, Out] nint[] results);

    [LibraryImport(Library, EntryPoint = "faas_cuda_device_count")] internal static partial int CudaDeviceCount();
    [LibraryImport(Library, EntryPoint = "faas_cudnn_available")] internal static partial int CudnnAvailable();
    [LibraryImport(Library, EntryPoint = "faas_cuda_synchronize")] internal static partial int CudaSynchronize(long index);
    [LibraryImport(Library, EntryPoint = "faas_allow_tf32")] internal static partial int AllowTf32(int cudnn);
    [LibraryImport(Library, EntryPoint = "faas_set_allow_tf32")] internal static partial int SetAllowTf32(int cudnn, int allow);

    [LibraryImport(Library, EntryPoint = "faas_num_threads")] internal static partial int NumThreads();
    [LibraryImport(Library, EntryPoint = "faas_set_num_threads")] internal static partial int SetNumThreads(int n);
    [LibraryImport(Library, EntryPoint = "faas_num_interop_threads")] internal static partial int NumInteropThreads();
    [LibraryImport(Library, EntryPoint = "faas_set_num_interop_threads")] internal static partial int SetNumInteropThreads(int n);

    [LibraryImport(Library, EntryPoint = "faas_grad_enabled")] internal static partial int GradEnabled();
    [LibraryImport(Library, EntryPoint = "faas_set_grad_enabled")] internal static partial void SetGradEnabled(int enabled);
    [LibraryImport(Library, EntryPoint = "faas_inference_enabled")] internal static partial int InferenceEnabled();
    [LibraryImport(Library, EntryPoint = "faas_inference_begin")] internal static partial nint InferenceBegin(int enabled);
    [LibraryImport(Library, EntryPoint = "faas_inference_end")] internal static partial void InferenceEnd(nint guard);

    [LibraryImport(Library, EntryPoint = "faas_generator_new")] internal static partial nint GeneratorNew(ulong seed);
    [LibraryImport(Library, EntryPoint = "faas_generator_default")] internal static partial nint GeneratorDefault();
    [LibraryImport(Library, EntryPoint = "faas_generator_dispose")] internal static partial void GeneratorDispose(nint generator);
    [LibraryImport(Library, EntryPoint = "faas_generator_seed")] internal static partial ulong GeneratorSeed(nint generator);
    [LibraryImport(Library, EntryPoint = "faas_generator_set_seed")]
    internal static partial int GeneratorSetSeed(nint generator, ulong seed);
    [LibraryImport(Library, EntryPoint = "faas_generator_state")] internal static partial nint GeneratorState(nint generator);
    [LibraryImport(Library, EntryPoint = "faas_generator_set_state")]
    internal static partial int GeneratorSetState(nint generator, nint state);

    internal static string LastError => Marshal.PtrToStringUTF8((nint)LastErrorText()) ?? string.Empty;

    internal static string Version => Marshal.PtrToStringUTF8((nint)VersionText()) ?? string.Empty;

    /// <exception cref="ExternalException">The call reported an error; its text is libtorch's own.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check(int result)
    {
        if (result < 0) throw new ExternalException(LastError);
    }

    /// <exception cref="ExternalException">The handle is null: the call that should have made it failed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static nint Check(nint handle) => handle != 0 ? handle : throw new ExternalException(LastError);
}
