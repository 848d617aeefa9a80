namespace FaasPS.Engine.Imaging;

/// <summary>A font of 3 x 5 dots for labels, drawn at twice the size. Small letters show as capitals, what it lacks as ?.</summary>
internal static class BitmapFont
{
    public const int Height = Rows * Scale;
    private const int Columns = 3;
    private const int Rows = 5;
    private const int Scale = 2;
    private const int Advance = (Columns + 1) * Scale;
    private const byte Ink = 40;

    private const string Characters = " ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;-_+=/\\()[]<>!?'\"%#&*|@";

    /// <summary>Five digits a character, one a row from the top; 4 is the left dot, 2 the middle one, 1 the right one.</summary>
    private const string Dots =
        "00000" + "25755" + "65656" + "34443" + "65556" + "74647" + "74644" + "34553" + "55755"
        + "72227" + "11152" + "55655" + "44447" + "57755" + "65555" + "25552" + "65644" + "25563"
        + "65655" + "34216" + "72222" + "55557" + "55552" + "55775" + "55255" + "55222" + "71247"
        + "75557" + "26227" + "61247" + "61216" + "55711" + "74616" + "34757" + "71222" + "75757"
        + "75716" + "00002" + "00024" + "02020" + "02024" + "00700" + "00007" + "02720" + "07070"
        + "11244" + "44211" + "12221" + "42224" + "64446" + "31113" + "12421" + "42124" + "22202"
        + "61202" + "22000" + "55000" + "51245" + "57575" + "25253" + "52500" + "22222" + "35743";

    /// <summary>Draws as many characters as fit into the room, the upper left dot at (left, top); the page is [.., pageWidth, 3].</summary>
    public static void Draw(Span<byte> page, int pageWidth, string text, int left, int top, int room)
    {
        for (int i = 0; i < Math.Min(text.Length, (room + Scale) / Advance); i++)
        {
            int glyph = Characters.IndexOf(char.ToUpperInvariant(text[i]), StringComparison.Ordinal);
            if (glyph < 0) glyph = Characters.IndexOf('?', StringComparison.Ordinal);
            for (int y = 0; y < Height; y++)
            {
                int row = Dots[(glyph * Rows) + (y / Scale)] - '0';
                for (int x = 0; x < Columns * Scale; x++)
                    if ((row >> (Columns - 1 - (x / Scale)) & 1) != 0)
                        page.Slice((((top + y) * pageWidth) + left + (i * Advance) + x) * 3, 3).Fill(Ink);
            }
        }
    }
}
