using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace FaasPS.Engine.Tests.Weights;

/// <summary>Writes pickles opcode by opcode, sound and hostile ones.</summary>
internal sealed class PickleWriter
{
    private readonly MemoryStream bytes = new();

    public static byte[] Of(Action<PickleWriter> write, byte protocol = 2)
    {
        var pickle = new PickleWriter();
        pickle.Raw(0x80, protocol);
        write(pickle);
        return pickle.Op('.').bytes.ToArray();
    }

    public PickleWriter Raw(params byte[] raw)
    {
        bytes.Write(raw);
        return this;
    }

    public PickleWriter Op(char op) => Raw((byte)op);

    public PickleWriter Ascii(string text) => Raw(Encoding.ASCII.GetBytes(text));

    public PickleWriter Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return Op('X').Raw(BitConverter.GetBytes(utf8.Length)).Raw(utf8);
    }

    public PickleWriter Int(BigInteger value)
    {
        var little = value.ToByteArray();
        return Raw(0x8a, (byte)little.Length).Raw(little);
    }

    public PickleWriter Global(string module, string name) => Ascii($"c{module}\n{name}\n");

    public PickleWriter StackGlobal(string module, string name) => Text(module).Text(name).Raw(0x93);

    public PickleWriter Numbers(params BigInteger[] values)
    {
        Op('(');
        foreach (var value in values) Int(value);
        return Op('t');
    }

    public PickleWriter Storage(string key, BigInteger count, string type = "FloatStorage") =>
        Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Int(count).Op('t').Op('Q');

    public PickleWriter Tensor(string key, BigInteger count, BigInteger first, BigInteger[] shape, BigInteger[] strides,
        string type = "FloatStorage") =>
        Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage(key, count, type).Int(first).Numbers(shape).Numbers(strides)
            .Raw(0x89).Global("collections", "OrderedDict").Raw((byte)')', (byte)'R').Raw((byte)'t', (byte)'R');

    public PickleWriter Dict(params (string Key, Action<PickleWriter> Value)[] items)
    {
        Raw((byte)'}', (byte)'(');
        foreach (var (key, value) in items) value(Text(key));
        return Op('u');
    }
}
