using FaasPS.Engine.Imaging;

namespace FaasPS.Engine.Tests.Imaging;

public class ContactSheetTests
{
    [Fact]
    public void Pictures_stand_in_rows_and_keep_their_proportions()
    {
        var sheet = ContactSheet.Compose(
            [[new(Filled(40, 20, 100), "source"), new(Filled(10, 10, 200), "result")], [new(Filled(8, 8, 50), "")]], 40);
        Assert.Equal(12 + (2 * (40 + 12)), sheet.Width);
        Assert.Equal(40 * 20, Count(sheet, 100));
        Assert.Equal(40 * 40, Count(sheet, 200));
        Assert.Equal(40 * 40, Count(sheet, 50));
        Assert.All(sheet.Row(0).ToArray(), v => Assert.Equal(255, v));
        Assert.Equal(new byte[] { 200, 200, 200 }, sheet.Row(12).Slice((12 + 40 + 12) * 3, 3));
    }

    [Fact]
    public void Labels_are_drawn_alike_for_alike_and_cut_to_their_cell()
    {
        int a = Ink("A"), aa = Ink("aA"), unknown = Ink("\u20AC"), question = Ink("?"), none = Ink("");
        Assert.Equal(0, none);
        Assert.InRange(a, 20, 60);        // ten dots of 3 x 5, four pixels each
        Assert.Equal(2 * a, aa);
        Assert.Equal(question, unknown);
        Assert.Equal(8 * a, Ink(new string('A', 500)));   // 64 pixels hold eight
    }

    [Fact]
    public void No_picture_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ContactSheet.Compose([]));
        Assert.Throws<ArgumentException>(() => ContactSheet.Compose([[], []]));
        ContactSheetCell[] row = [new(Filled(1, 1, 0), "")];
        Assert.Contains("too large", Assert.Throws<ArgumentException>(
            () => ContactSheet.Compose([.. Enumerable.Repeat(row, 100_000)], 256)).Message, StringComparison.Ordinal);
    }

    private static int Ink(string label) => Count(ContactSheet.Compose([[new(Filled(4, 4, 255), label)]], 64), 40);

    private static int Count(RgbImage image, byte value) => image.Pixels.ToArray().Chunk(3).Count(p => p.All(v => v == value));

    private static RgbImage Filled(int width, int height, byte value)
    {
        var pixels = new byte[width * height * 3];
        Array.Fill(pixels, value);
        return new(width, height, pixels);
    }
}
