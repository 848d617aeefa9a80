using System.Numerics;
using System.Text;
using static FaasPS.Engine.Tests.Weights.CheckpointBytes;

namespace FaasPS.Engine.Tests.Weights;

/// <summary>Pickles that ask for what a checkpoint has no need of, in the zip and in the old format.</summary>
public sealed class HostilePickleTests
{
    private static readonly (string Key, byte[] Data) FourFloats = ("0", Floats(1, 2, 3, 4));

    public static TheoryData<string, byte> Attacks()
    {
        var data = new TheoryData<string, byte>();
        foreach (var way in (string[])["REDUCE", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "STACK_GLOBAL", "BUILD"])
            for (byte protocol = 2; protocol <= 5; protocol++) data.Add(way, protocol);
        return data;
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void OsSystemIsRefusedByName(string way, byte protocol)
    {
        var pickle = PickleWriter.Of(p => Attack(p, way), protocol);
        AssertRefused(Zip(pickle), "'os.system'", "nothing is ever run");
        AssertRefused(Legacy(pickle), "'os.system'");
        // A pickle that is not even a checkpoint's.
        AssertRefused(pickle, "'os.system'");
        // Hidden in a Lightning checkpoint's other parts, before and after sound weights.
        void Sound(PickleWriter p) => p.Dict(("w", v => v.Tensor("0", 4, 0, [4], [1])));
        AssertRefused(
            Zip(PickleWriter.Of(p => p.Dict(("callbacks", v => Attack(v, way)), ("state_dict", Sound)), protocol), FourFloats),
            "'os.system'");
        AssertRefused(
            Zip(PickleWriter.Of(p => p.Dict(("state_dict", Sound), ("callbacks", v => Attack(v, way))), protocol), FourFloats),
            "'os.system'");
    }

    private static void Attack(PickleWriter p, string way) => _ = way switch
    {
        "REDUCE" => p.Global("os", "system").Op('(').Text("echo").Op('t').Op('R'),
        "INST" => p.Op('(').Text("echo").Ascii("ios\nsystem\n"),
        "OBJ" => p.Op('(').Global("os", "system").Text("echo").Op('o'),
        "NEWOBJ" => p.Global("os", "system").Op('(').Text("echo").Op('t').Raw(0x81),
        "NEWOBJ_EX" => p.Global("os", "system").Op('(').Text("echo").Op('t').Op('}').Raw(0x92),
        "STACK_GLOBAL" => p.StackGlobal("os", "system").Op('(').Text("echo").Op('t').Op('R'),
        "BUILD" => p.Op('}').Global("os", "system").Op('b'),
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };

    [Theory]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "getattr")]
    [InlineData("torch", "load")]
    [InlineData("torch._utils", "_rebuild_tensor_v2.__globals__")]
    [InlineData("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint")]
    [InlineData("numpy.core.multiarray", "scalar")]
    public void EveryOtherGlobalIsRefusedByName(string module, string name) =>
        AssertRefused(Zip(PickleWriter.Of(p => p.StackGlobal(module, name))), $"'{module}.{name}'");

    [Fact]
    public void ANameWithControlCharactersStaysOnOneLine() =>
        AssertRefused(Zip(PickleWriter.Of(p => p.StackGlobal("a\nb", new string('x', 5000)))), "'a?b.xxx", "...'");

    private static readonly BigInteger Huge = BigInteger.Pow(2, 62);

    private static readonly (string What, Action<PickleWriter> Tensor, string Mention)[] BadTensors =
    [
        ("storage too small", p => p.Tensor("0", 5, 0, [5], [1]), "storage of 5 elements"),
        ("negative offset", p => p.Tensor("0", 4, -1, [4], [1]), "does not fit"),
        ("offset past the end", p => p.Tensor("0", 4, 1, [4], [1]), "reaches past"),
        ("huge offset", p => p.Tensor("0", 4, long.MaxValue, [4], [1]), "does not fit"),
        ("negative size", p => p.Tensor("0", 4, 0, [-4], [1]), "negative size"),
        ("negative stride", p => p.Tensor("0", 4, 3, [4], [-1]), "strides"),
        ("huge stride", p => p.Tensor("0", 4, 0, [2, 2], [long.MaxValue, 1]), "reaches past"),
        ("huge size", p => p.Tensor("0", 4, 0, [Huge, Huge, Huge], [0, 0, 0]), "too large to be true"),
        ("huge size beside a zero", p => p.Tensor("0", 4, 0, [0, Huge, Huge], [1, 1, 1]), "too large to be true"),
        ("expanded without memory", p => p.Tensor("0", 4, 0, [1 << 20, 1 << 10], [0, 0]), "does not fit"),
        ("beyond 64 bits", p => p.Tensor("0", 4, 0, [BigInteger.Pow(2, 80)], [1]), "64 bits"),
        ("count beyond 64 bits", p => p.Tensor("0", BigInteger.Pow(2, 63), 0, [4], [1]), "no tensor storage"),
        ("negative count", p => p.Tensor("0", -4, 0, [0], [1]), "no tensor storage"),
        ("fewer strides than sizes", p => p.Tensor("0", 4, 0, [2, 2], [1]), "strides"),
        ("65 dimensions",
            p => p.Tensor("0", 4, 0, [.. Enumerable.Repeat(BigInteger.One, 65)], [.. Enumerable.Repeat(BigInteger.One, 65)]), "arguments"),
        ("storage without an entry", p => p.Tensor("1", 4, 0, [4], [1]), "data/1"),
        ("storage outside the archive", p => p.Tensor("../../0", 4, 0, [4], [1]), "data/../../0"),
        ("complex numbers", p => p.Tensor("0", 2, 0, [2], [1], "ComplexFloatStorage"), "'torch.ComplexFloatStorage'"),
    ];

    public static TheoryData<string> MalformedTensors() => new(BadTensors.Select(item => item.What));

    [Theory]
    [MemberData(nameof(MalformedTensors))]
    public void ATensorThatDoesNotFitItsStorageIsRefused(string what)
    {
        var (_, tensor, mention) = BadTensors.Single(item => string.Equals(item.What, what, StringComparison.Ordinal));
        AssertRefused(Zip(PickleWriter.Of(p => p.Dict(("w", tensor))), FourFloats), mention);
    }

    public static TheoryData<string, byte[], string> MalformedPickles() => new()
    {
        { "unknown opcode", [0x80, 2, 0xff, (byte)'.'], "0xff" },
        { "protocol 6", [0x80, 6, (byte)'N', (byte)'.'], "protocol 6" },
        { "out-of-band buffer", [0x80, 5, 0x97, (byte)'.'], "0x97" },
        { "extension registry", [0x80, 2, 0x82, 1, (byte)'.'], "0x82" },
        { "stack underflow", [0x80, 2, (byte)'R', (byte)'.'], "more values than it made" },
        { "a pop below its mark", [0x80, 2, (byte)'N', (byte)'(', 0x86, (byte)'.'], "more values than it made" },
        { "no mark", [0x80, 2, (byte)'t', (byte)'.'], "more values than it made" },
        { "an unknown memo", [0x80, 2, (byte)'h', 9, (byte)'.'], "value 9" },
        { "nothing at all", [], "truncated" },
        { "no stop", [0x80, 2, (byte)'N'], "truncated" },
        { "text of 4 GB", [0x80, 2, (byte)'X', 0xff, 0xff, 0xff, 0xff, (byte)'.'], "4294967295 bytes" },
        { "bytes of 2^64 - 1", [0x80, 4, 0x8e, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, (byte)'.'], "18446744073709551615 bytes" },
        { "a bytearray of 2^62", [0x80, 5, 0x96, 0, 0, 0, 0, 0, 0, 0, 0x40, (byte)'.'], "4611686018427387904 bytes" },
        { "an integer of 4 GB", [0x80, 2, 0x8b, 0xff, 0xff, 0xff, 0xff, (byte)'.'], "4294967295 bytes" },
        { "a frame past the end", [0x80, 4, 0x95, 0xff, 0, 0, 0, 0, 0, 0, 0, (byte)'.'], "255 bytes" },
        { "text that is not UTF-8", [0x80, 2, (byte)'X', 1, 0, 0, 0, 0xff, (byte)'.'], "UTF-8" },
        { "calling a number", [0x80, 2, (byte)'K', 1, (byte)')', (byte)'R', (byte)'.'], "no function" },
        { "appending to a number", [0x80, 2, (byte)'K', 1, (byte)'N', (byte)'a', (byte)'.'], "Append" },
        { "a key without a value", [0x80, 2, (byte)'}', (byte)'(', (byte)'N', (byte)'u', (byte)'.'], "SetItems" },
        { "a persistent id of another kind", [0x80, 2, (byte)'N', (byte)'Q', (byte)'.'], "no tensor storage" },
        { "no dictionary", [0x80, 2, (byte)'N', (byte)'.'], "no dictionary" },
        { "no tensors", [0x80, 2, (byte)'}', (byte)'.'], "no tensors" },
    };

    [Theory]
    [MemberData(nameof(MalformedPickles))]
    public void AMalformedPickleIsRefused(string what, byte[] pickle, string mention)
    {
        Assert.NotEmpty(what);
        AssertRefused(Zip(pickle), mention);
        Assert.Throws<FaasPS.Engine.Weights.WeightsException>(() => LoadAll(Legacy(pickle)));
    }

    [Theory]
    [InlineData((byte)0x85)]
    [InlineData((byte)'l')]
    public void DeepNestingOverflowsNoStack(byte op)
    {
        // A million nested tuples, or lists.
        var nested = PickleWriter.Of(p =>
        {
            p.Op('N');
            if (op == 0x85) p.Raw([.. Enumerable.Repeat(op, 1_000_000)]);
            else
            {
                p.Raw([.. Enumerable.Repeat((byte)'(', 1_000_000)]).Op('N');
                p.Raw([.. Enumerable.Repeat(op, 1_000_000)]);
            }
        });
        AssertRefused(Zip(nested), "no dictionary");
    }

    [Fact]
    public void EndlessStepsAreRefused() => AssertRefused(Zip([0x80, 2, .. Enumerable.Repeat((byte)'N', 9_000_000), (byte)'.']), "steps");

    [Fact]
    public void TheSameKeyTwiceIsRefused() => AssertRefused(
        Zip(PickleWriter.Of(p => p.Dict(("w", v => v.Tensor("0", 4, 0, [4], [1])),
            ("w", v => v.Tensor("0", 4, 0, [2, 2], [2, 1])))), FourFloats),
        "'w' twice");

    [Fact]
    public void AStorageDescribedInTwoWaysIsRefused() => AssertRefused(
        Zip(PickleWriter.Of(p => p.Dict(("a", v => v.Tensor("0", 4, 0, [4], [1])),
            ("b", v => v.Tensor("0", 8, 0, [8], [1], "HalfStorage")))), FourFloats),
        "two ways");

    [Fact]
    public void AKeyThatIsNoTextIsRefused() => AssertRefused(
        Zip(PickleWriter.Of(p => p.Op('}').Int(7).Tensor("0", 4, 0, [4], [1]).Op('s')), FourFloats), "key is not text");

    [Fact]
    public void TopLevelKeysAreNamedWhereNoWeightsAre() => AssertRefused(
        Zip(PickleWriter.Of(p => p.Dict(("model", v => v.Dict(("w", w => w.Tensor("0", 4, 0, [4], [1])))),
            ("step", v => v.Int(3)))), FourFloats),
        "'model', 'step'");

    [Fact]
    public void LegacyStoragesMustBeAsThePickleSays()
    {
        var pickle = PickleWriter.Of(p => p.Dict(("w", v => v.Tensor("0", 4, 0, [4], [1]))));
        LoadAll(Legacy(pickle, ("0", 4, Floats(1, 2, 3, 4))));
        AssertRefused(Legacy(pickle, ("0", 5, Floats(1, 2, 3, 4, 5))), "5 elements where the pickle says 4");
        AssertRefused(Legacy(pickle, ("0", -4, Floats(1, 2, 3, 4))), "-4 elements");
        AssertRefused(Legacy(pickle, ("0", 4, Floats(1, 2, 3))), "truncated");
        AssertRefused(Legacy(pickle), "no storage '0'");
        AssertRefused(Legacy(pickle, ("0", 4, Floats(1, 2, 3, 4)), ("0", 4, Floats(1, 2, 3, 4))), "twice");
        AssertRefused(Legacy(pickle, ("0", 4, Floats(1, 2, 3, 4)), ("x", 4, Floats(1, 2, 3, 4))), "no tensor uses");
        var monstrous = PickleWriter.Of(p => p.Dict(("w", v => v.Tensor("0", long.MaxValue, 0, [4], [1]))));
        AssertRefused(Legacy(monstrous, ("0", long.MaxValue, Floats(1, 2, 3, 4))), "truncated");
    }

    [Fact]
    public void LegacyHeadsAreChecked()
    {
        AssertRefused(PickleWriter.Of(p => p.Int(42)), "not one that PyTorch made");
        AssertRefused(Encoding.ASCII.GetBytes("cos\nsystem\n(S'echo'\ntR."), "it is no checkpoint");
    }

    [Fact]
    public void LegacyViewsMustLieWithinTheirStorage()
    {
        byte[] Views(long first, long count) => Legacy(
            PickleWriter.Of(p => p.Dict(("w", v => v
                .Global("torch._utils", "_rebuild_tensor").Op('(')
                .Op('(').Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Int(4)
                .Op('(').Text("v").Int(first).Int(count).Op('t').Op('t').Op('Q')
                .Int(0).Numbers(2).Numbers(1).Op('t').Op('R')))),
            ("0", 4, Floats(1, 2, 3, 4)));
        LoadAll(Views(2, 2));
        AssertRefused(Views(3, 2), "does not lie within");
        AssertRefused(Views(-1, 2), "does not lie within");
        AssertRefused(Views(2, long.MaxValue), "does not lie within");
        AssertRefused(Views(3, 1), "does not fit its storage of 1 elements");
    }
}
