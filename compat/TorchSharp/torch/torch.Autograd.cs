using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static IDisposable no_grad() => new AutoGradMode(enabled: false);

    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);

    public static bool is_grad_enabled() => Native.GradEnabled() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => Native.InferenceEnabled() != 0;

    public static partial class autograd
    {
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var (of, to, from) = (Handles(outputs), Handles(inputs), Handles(grad_outputs));
            var results = new nint[to.Length];
            Native.Check(Native.AutogradGrad(of, of.Length, to, to.Length, from, from.Length, retain_graph ? 1 : 0, create_graph ? 1 : 0,
                allow_unused ? 1 : 0, results));
            GC.KeepAlive((outputs, inputs, grad_outputs));
            return results.Select(handle => new Tensor(handle)).ToList();
        }

        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null)
        {
            var (of, from, to) = (Handles(tensors), Handles(grad_tensors), Handles(inputs));
            Native.Check(Native.Backward(of, of.Length, from, from.Length, (retain_graph ?? create_graph) ? 1 : 0, create_graph ? 1 : 0, to,
                to.Length));
            GC.KeepAlive((tensors, grad_tensors, inputs));
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) => backward(new[] { tensor }, grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) => backward(new[] { tensor }, new[] { grad_tensor }, retain_graph, create_graph, inputs);

        private static nint[] Handles(IList<Tensor>? tensors) => tensors?.Select(tensor => (nint)tensor.Handle).ToArray() ?? [];
    }

    private sealed class AutoGradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();

        public AutoGradMode(bool enabled) => Native.SetGradEnabled(enabled ? 1 : 0);

        public void Dispose() => Native.SetGradEnabled(_before ? 1 : 0);
    }

    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint _guard = Native.InferenceBegin(enabled ? 1 : 0);

        public void Dispose()
        {
            if (_guard == 0) return;
            Native.InferenceEnd(_guard);
            _guard = 0;
        }
    }
}
