using System.Collections.Frozen;

namespace FaasPS.Engine.Text.Cleaning;

/// <summary>
/// One of the single-byte encodings that UTF-8 is commonly misread in. Bytes 00 to 7F are ASCII in all of them. The Windows ones are
/// lossy as ftfy's "sloppy" codecs are: unassigned bytes stand for the character of the same number, and U+FFFD, the trace of
/// a lost byte, is byte 1A.
/// </summary>
internal sealed class SingleByteEncoding
{
    public const byte LostByte = 0x1A;
    private const char ReplacementCharacter = '\uFFFD';

    private readonly string _upperHalf; // the characters of bytes 80 to FF
    private readonly FrozenDictionary<char, byte> _bytes;

    private SingleByteEncoding(string name, string upperHalf)
    {
        Name = name;
        _upperHalf = upperHalf;
        _bytes = upperHalf.Select((character, index) => (character, index))
            .ToFrozenDictionary(x => x.character, x => (byte)(0x80 + x.index));
    }

    /// <summary>All encodings, in the order in which ftfy tries them.</summary>
    public static IReadOnlyList<SingleByteEncoding> All { get; } =
    [
        new("latin-1", string.Concat(Enumerable.Range(0x80, 0x80).Select(code => (char)code))),
        .. CharacterData.Entries("code-pages").Select(entry => new SingleByteEncoding(entry[0], CharacterData.Text(entry[1..]))),
    ];

    public static SingleByteEncoding Windows1252 { get; } = All.Single(encoding => encoding.Name == "windows-1252");

    public string Name { get; }

    public bool IsLossy => Name.StartsWith("windows-", StringComparison.Ordinal);

    /// <summary>The encodings made of letters; in the two others UTF-8 looks like symbols and boxes.</summary>
    public bool IsLatin1Like => Name is not ("macroman" or "cp437");

    public char Decode(byte value) => value < 0x80 ? (char)value : _upperHalf[value - 0x80];

    /// <summary>The text's bytes, or null when a character is not in this encoding.</summary>
    public byte[]? TryEncode(string text)
    {
        var bytes = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (IsLossy && character == ReplacementCharacter) bytes[i] = LostByte;
            else if (IsLossy && character == LostByte) return null;
            else if (character < 0x80) bytes[i] = (byte)character;
            else if (_bytes.TryGetValue(character, out var value)) bytes[i] = value;
            else return null;
        }
        return bytes;
    }
}
