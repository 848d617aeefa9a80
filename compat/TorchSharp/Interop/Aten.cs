using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>
/// Calls ATen operators by schema name, "add.Tensor" for aten::add.Tensor. Arguments are given in schema order; those left out at the end
/// take the schema's defaults. Errors of libtorch arrive as <see cref="ExternalException"/>.
/// </summary>
internal static unsafe class Aten
{
    // Names are literals, so comparing references is enough: a miss only looks the operator up again.
    private static readonly ConcurrentDictionary<string, nint> Operators = new(ReferenceEqualityComparer.Instance);

    internal static Tensor Call(string name, Arg a) => One(name, [a]);

    internal static Tensor Call(string name, Arg a, Arg b) => One(name, [a, b]);

    internal static Tensor Call(string name, Arg a, Arg b, Arg c) => One(name, [a, b, c]);

    internal static Tensor Call(string name, Arg a, Arg b, Arg c, Arg d) => One(name, [a, b, c, d]);

    internal static Tensor Call(string name, Arg a, Arg b, Arg c, Arg d, Arg e) => One(name, [a, b, c, d, e]);

    internal static Tensor Call(string name, params Arg[] args) => One(name, args);

    /// <summary>An in-place operator; the first argument is what it changes and what is returned.</summary>
    internal static Tensor Mutate(string name, Tensor self) => Done(self, name, [self]);

    internal static Tensor Mutate(string name, Tensor self, Arg a) => Done(self, name, [self, a]);

    internal static Tensor Mutate(string name, Tensor self, Arg a, Arg b) => Done(self, name, [self, a, b]);

    internal static Tensor Mutate(string name, Tensor self, Arg a, Arg b, Arg c) => Done(self, name, [self, a, b, c]);

    internal static Tensor Mutate(string name, Tensor self, Arg a, Arg b, Arg c, Arg d) => Done(self, name, [self, a, b, c, d]);

    internal static (Tensor First, Tensor Second) Pair(string name, params Arg[] args)
    {
        FaasValue* results = stackalloc FaasValue[2];
        Invoke(name, args, results, 2);
        return (new Tensor((nint)results[0].Data), new Tensor((nint)results[1].Data));
    }

    internal static (Tensor First, Tensor Second, Tensor Third) Triple(string name, params Arg[] args)
    {
        FaasValue* results = stackalloc FaasValue[3];
        Invoke(name, args, results, 3);
        return (new Tensor((nint)results[0].Data), new Tensor((nint)results[1].Data), new Tensor((nint)results[2].Data));
    }

    internal static Tensor[] List(string name, params Arg[] args)
    {
        FaasValue list;
        Invoke(name, args, &list, 1);
        var tensors = new Tensor[list.Count];
        for (int i = 0; i < tensors.Length; i++) tensors[i] = new Tensor(((nint*)list.Data)[i]);
        Native.Free((nint)list.Data);
        return tensors;
    }

    internal static bool Test(string name, params Arg[] args)
    {
        FaasValue result;
        Invoke(name, args, &result, 1);
        return result.Data != 0;
    }

    internal static Scalar Number(string name, params Arg[] args)
    {
        FaasValue result;
        Invoke(name, args, &result, 1);
        return new Scalar(result.Kind, result.Data);
    }

    private static Tensor One(string name, ReadOnlySpan<Arg> args)
    {
        FaasValue result;
        Invoke(name, args, &result, 1);
        return new Tensor((nint)result.Data);
    }

    private static Tensor Done(Tensor self, string name, ReadOnlySpan<Arg> args)
    {
        Invoke(name, args, null, 0);
        return self;
    }

    [SkipLocalsInit]
    private static void Invoke(string name, ReadOnlySpan<Arg> args, FaasValue* results, int max)
    {
        nint op = Operators.TryGetValue(name, out nint known) ? known : Find(name);
        FaasValue* values = stackalloc FaasValue[args.Length];
        int words = 0;
        foreach (ref readonly Arg arg in args) words += Words(arg);
        Span<long> scratch = words <= 64 ? stackalloc long[64] : new long[words];
        fixed (long* start = scratch)
        {
            long* next = start;
            for (int i = 0; i < args.Length; i++) values[i] = Box(args[i], ref next);
            int written = Native.Call(op, values, args.Length, results, max);
            foreach (ref readonly Arg arg in args) GC.KeepAlive(arg.Object);
            Native.Check(written);
        }
    }

    private static nint Find(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        nint op = Native.Check(dot < 0
            ? Native.FindOperator("aten::" + name, string.Empty)
            : Native.FindOperator("aten::" + name[..dot], name[(dot + 1)..]));
        Operators[name] = op;
        return op;
    }

    private static int Words(in Arg arg) => arg.Kind switch
    {
        FaasKind.IntList => ((long[])arg.Object!).Length,
        FaasKind.DoubleList => ((double[])arg.Object!).Length,
        FaasKind.TensorList => ((Tensor[])arg.Object!).Length,
        FaasKind.String => (Encoding.UTF8.GetByteCount((string)arg.Object!) + 7) / 8,
        _ => 0,
    };

    // Lists and strings are copied behind one another into the caller's scratch memory; next moves past them.
    private static FaasValue Box(in Arg arg, ref long* next)
    {
        var value = new FaasValue { Kind = arg.Kind, Data = arg.Number };
        switch (arg.Kind)
        {
            case FaasKind.Tensor:
                value.Data = ((Tensor)arg.Object!).Handle;
                return value;
            case FaasKind.Generator:
                value.Data = ((Generator)arg.Object!).Handle;
                return value;
            case FaasKind.IntList:
                value.Count = Copy<long>((long[])arg.Object!, next);
                break;
            case FaasKind.DoubleList:
                value.Count = Copy<double>((double[])arg.Object!, next);
                break;
            case FaasKind.TensorList:
                var tensors = (Tensor[])arg.Object!;
                for (int i = 0; i < tensors.Length; i++) next[i] = tensors[i].Handle;
                value.Count = tensors.Length;
                break;
            case FaasKind.String:
                string text = (string)arg.Object!;
                value.Count = Encoding.UTF8.GetBytes(text, new Span<byte>(next, Encoding.UTF8.GetByteCount(text)));
                break;
            default:
                return value;
        }

        value.Data = (long)next;
        next += Words(arg);
        return value;
    }

    private static int Copy<T>(ReadOnlySpan<T> from, void* to)
    {
        from.CopyTo(new Span<T>(to, from.Length));
        return from.Length;
    }
}
