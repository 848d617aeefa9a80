using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers of the CPU, PyTorch's Mersenne twister: the same seed gives PyTorch's numbers.</summary>
    public class Generator : IDisposable
    {
        public Generator(ulong seed = 0, Device? device = null)
            : this(Native.GeneratorNew(seed)) => this.device = device ?? CPU;

        internal Generator(nint handle) => (Handle, device) = (handle, CPU);

        ~Generator() => Dispose(disposing: false);

        public static Generator Default => new(Native.GeneratorDefault());

        public IntPtr Handle { get; private set; }

        public Device device { get; private set; }

        public Tensor get_state() => new(Native.Check(Native.GeneratorState(Handle)));

        public void set_state(Tensor value) => Native.Check(Native.GeneratorSetState(Handle, value.Handle));

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.GeneratorSetSeed(Handle, (ulong)seed));
            return this;
        }

        public long seed()
        {
            long seed = DateTime.UtcNow.Ticks;
            manual_seed(seed);
            return seed;
        }

        public long initial_seed() => (long)Native.GeneratorSeed(Handle);

        public void Dispose()
        {
            Dispose(disposing: true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (Handle == 0) return;
            Native.GeneratorDispose(Handle);
            Handle = 0;
        }
    }
}
