using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Layout.RequiresGrad != 0;
            set => Native.Check(Native.SetRequiresGrad(Handle, value ? 1 : 0));
        }

        public unsafe Tensor? grad
        {
            get
            {
                nint native;
                Native.Check(Native.Grad(Handle, &native));
                return native == 0 ? null : new Tensor(native);
            }

            set
            {
                Native.Check(Native.SetGrad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(value);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => Native.Check(Native.RetainGrad(Handle));

        public Tensor detach() => Aten.Call("detach", this);

        public Tensor detach_() => Aten.Mutate("detach_", this);

        public void backward() => autograd.backward(this);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false,
            IList<Tensor>? inputs = null) => autograd.backward(new[] { this }, grad_tensors, retain_graph, create_graph, inputs);
    }
}
