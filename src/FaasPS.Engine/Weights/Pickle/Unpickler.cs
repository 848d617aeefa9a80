using System.Numerics;
using static FaasPS.Engine.Weights.WeightsException;
using static System.FormattableString;

namespace FaasPS.Engine.Weights.Pickle;

/// <summary>Reads one pickle into plain values. A stack machine without recursion; its only calls are those of <see cref="PickleGlobals"/>.
/// Time and memory are bounded by the bytes read: every opcode makes at most one small object.</summary>
internal sealed class Unpickler(PickleReader reader)
{
    /// <summary>A thousand tensors with optimiser states are some 300,000 opcodes.</summary>
    private const int MaxSteps = 8_000_000;

    private const int NewestProtocol = 5;

    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<uint, object?> memo = [];
    private readonly Dictionary<string, PickledStorage> storages = new(StringComparer.Ordinal);

    /// <summary>Reads up to and including STOP.</summary>
    /// <param name="stream">Left behind the pickle.</param>
    /// <param name="storages">Every storage that the pickle refers to.</param>
    /// <exception cref="WeightsException">Truncated, malformed, or asking for what a checkpoint has no need of.</exception>
    public static object? Read(Stream stream, out IReadOnlyDictionary<string, PickledStorage> storages)
    {
        var unpickler = new Unpickler(new PickleReader(stream));
        storages = unpickler.storages;
        return unpickler.Run();
    }

    /// <inheritdoc cref="Read(Stream, out IReadOnlyDictionary{string, PickledStorage})"/>
    public static object? Read(Stream stream) => Read(stream, out _);

    private object? Run()
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            var op = (PickleOp)reader.Byte();
            if (op == PickleOp.Stop) return Pop();
            if (!Scalar(op) && !Container(op) && !Memo(op)) Call(op);
        }
        throw new WeightsException(Invariant($"the pickle has more than {MaxSteps} steps"));
    }

    private bool Scalar(PickleOp op)
    {
        switch (op)
        {
            case PickleOp.Proto:
                var protocol = reader.Byte();
                if (protocol > NewestProtocol)
                    throw new WeightsException(Invariant($"pickle protocol {protocol} is unknown; {NewestProtocol} is the newest"));
                return true;
            case PickleOp.Frame: reader.CheckLength(reader.UInt64()); return true;
            case PickleOp.None: return Push(null);
            case PickleOp.NewTrue: return Push(true);
            case PickleOp.NewFalse: return Push(false);
            case PickleOp.BinInt: return Push((long)reader.Int32());
            case PickleOp.BinInt1: return Push((long)reader.Byte());
            case PickleOp.BinInt2: return Push((long)reader.UInt16());
            case PickleOp.Long1: return Push(Integer(reader.Bytes(reader.Byte())));
            case PickleOp.Long4: return Push(Integer(reader.Bytes(reader.UInt32())));
            case PickleOp.BinFloat: return Push(reader.DoubleBigEndian());
            case PickleOp.BinString: return Push(reader.Latin1(reader.UInt32()));
            case PickleOp.ShortBinString: return Push(reader.Latin1(reader.Byte()));
            case PickleOp.BinUnicode: return Push(reader.Utf8(reader.UInt32()));
            case PickleOp.ShortBinUnicode: return Push(reader.Utf8(reader.Byte()));
            case PickleOp.BinUnicode8: return Push(reader.Utf8(reader.UInt64()));
            case PickleOp.BinBytes: return Push(reader.Bytes(reader.UInt32()));
            case PickleOp.ShortBinBytes: return Push(reader.Bytes(reader.Byte()));
            case PickleOp.BinBytes8 or PickleOp.ByteArray8: return Push(reader.Bytes(reader.UInt64()));
            default: return false;
        }
    }

    private bool Container(PickleOp op)
    {
        switch (op)
        {
            case PickleOp.Mark: marks.Add(stack.Count); return true;
            case PickleOp.Pop when marks.Count > 0 && marks[^1] == stack.Count: marks.RemoveAt(marks.Count - 1); return true;
            case PickleOp.Pop: Pop(); return true;
            case PickleOp.PopMark: PopMark(); return true;
            case PickleOp.Dup: return Push(Top());
            case PickleOp.EmptyTuple: return Push(new PickleTuple([]));
            case PickleOp.Tuple: return Push(new PickleTuple(PopMark()));
            case PickleOp.Tuple1: return Push(new PickleTuple(Pop(1)));
            case PickleOp.Tuple2: return Push(new PickleTuple(Pop(2)));
            case PickleOp.Tuple3: return Push(new PickleTuple(Pop(3)));
            case PickleOp.EmptyList or PickleOp.EmptySet: return Push(new List<object?>());
            case PickleOp.List or PickleOp.FrozenSet: return Push(new List<object?>(PopMark()));
            case PickleOp.Append: return Extend(Pop(1));
            case PickleOp.Appends or PickleOp.AddItems: return Extend(PopMark());
            case PickleOp.EmptyDict: return Push(new PickleDict());
            case PickleOp.Dict:
                var items = PopMark();
                Push(new PickleDict());
                return SetItems(items);
            case PickleOp.SetItem: return SetItems(Pop(2));
            case PickleOp.SetItems: return SetItems(PopMark());
            default: return false;
        }
    }

    private bool Memo(PickleOp op)
    {
        switch (op)
        {
            case PickleOp.BinGet: return Push(Recall(reader.Byte()));
            case PickleOp.LongBinGet: return Push(Recall(reader.UInt32()));
            case PickleOp.BinPut: memo[reader.Byte()] = Top(); return true;
            case PickleOp.LongBinPut: memo[reader.UInt32()] = Top(); return true;
            case PickleOp.Memoize: memo[(uint)memo.Count] = Top(); return true;
            default: return false;
        }
    }

    private void Call(PickleOp op)
    {
        switch (op)
        {
            case PickleOp.Global:
                var module = reader.Line();
                Push(PickleGlobals.Resolve(module, reader.Line()));
                break;
            case PickleOp.StackGlobal:
                if (Pop(2) is not [string moduleName, string name]) throw Malformed(op);
                Push(PickleGlobals.Resolve(moduleName, name));
                break;
            case PickleOp.Inst:
                var instModule = reader.Line();
                var inst = PickleGlobals.Resolve(instModule, reader.Line());
                Push(Invoke(inst, PopMark()));
                break;
            case PickleOp.Obj:
                if (PopMark() is not [{ } type, .. var typeArguments]) throw Malformed(op);
                Push(Invoke(type, typeArguments));
                break;
            case PickleOp.Reduce or PickleOp.NewObj:
                if (Pop(2) is not [{ } function, PickleTuple arguments]) throw Malformed(op);
                Push(Invoke(function, arguments.Items));
                break;
            case PickleOp.NewObjEx:
                if (Pop(3) is not [{ } newType, PickleTuple newArguments, PickleDict { Items: [] }]) throw Malformed(op);
                Push(Invoke(newType, newArguments.Items));
                break;
            case PickleOp.Build:
                // State of an OrderedDict: torch leaves module versions in its _metadata attribute. Nothing else carries any.
                Pop();
                if (Top() is not PickleDict) throw Malformed(op);
                break;
            case PickleOp.BinPersId:
                Push(Storage(Pop()));
                break;
            default:
                throw new WeightsException(Invariant($"opcode 0x{(byte)op:x2} has no place in a checkpoint's pickle"));
        }
    }

    private static object? Invoke(object function, object?[] arguments)
    {
        if (function is not PickleGlobal global) throw new WeightsException("the pickle calls something that is no function");
        try
        {
            return global.Call(arguments);
        }
        catch (WeightsException e)
        {
            throw new WeightsException($"'{global.Name}' in its pickle: {e.Message}", e);
        }
    }

    /// <summary>torch/serialization.py, persistent_id: ('storage', class, key, location, count), and in the old format a view (key, first,
    /// count) or None.</summary>
    private PickledStorage Storage(object? id)
    {
        if (id is not PickleTuple { Items: ["storage", StorageClass type, string key, string, long whole, .. var view] } || whole < 0)
            throw new WeightsException("the pickle refers to an outside object that is no tensor storage");
        var storage = new PickledStorage(type.Type, key, whole, 0, whole);
        if (!storages.TryAdd(key, storage) && storages[key] != storage)
            throw new WeightsException($"storage {Quote(key)} is described in two ways");
        return view switch
        {
            [] or [null] => storage,
            [PickleTuple { Items: [string, >= 0L and long first, >= 0L and long count] }] when first <= whole && count <= whole - first =>
                storage with { First = first, Count = count },
            _ => throw new WeightsException($"storage {Quote(key)} has a view that does not lie within it"),
        };
    }

    private bool Extend(object?[] items)
    {
        if (Top() is not List<object?> list) throw Malformed(PickleOp.Append);
        list.AddRange(items);
        return true;
    }

    private bool SetItems(object?[] items)
    {
        if (Top() is not PickleDict dict || items.Length % 2 != 0) throw Malformed(PickleOp.SetItems);
        for (var i = 0; i < items.Length; i += 2) dict.Items.Add((items[i], items[i + 1]));
        return true;
    }

    private static object Integer(byte[] littleEndian)
    {
        var value = new BigInteger(littleEndian);
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    private bool Push(object? value)
    {
        stack.Add(value);
        return true;
    }

    private object? Top() => stack.Count > Floor() ? stack[^1] : throw Underflow();

    private object? Pop() => Pop(1)[0];

    private object?[] Pop(int count)
    {
        if (stack.Count - count < Floor()) throw Underflow();
        return Take(stack.Count - count);
    }

    private object?[] PopMark()
    {
        if (marks.Count == 0) throw Underflow();
        var items = Take(marks[^1]);
        marks.RemoveAt(marks.Count - 1);
        return items;
    }

    private object?[] Take(int from)
    {
        var items = stack.GetRange(from, stack.Count - from).ToArray();
        stack.RemoveRange(from, items.Length);
        return items;
    }

    private int Floor() => marks.Count > 0 ? marks[^1] : 0;

    private object? Recall(uint index) =>
        memo.TryGetValue(index, out var value)
            ? value
            : throw new WeightsException(Invariant($"the pickle recalls value {index}, which it never kept"));

    private static WeightsException Underflow() => new("the pickle takes more values than it made");

    private static WeightsException Malformed(PickleOp op) => new($"the pickle's {op} meets values that it cannot take");
}
