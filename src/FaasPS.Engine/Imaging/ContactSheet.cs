namespace FaasPS.Engine.Imaging;

/// <summary>One picture of a contact sheet and the words under it.</summary>
public sealed record ContactSheetCell(RgbImage Image, string Label);

/// <summary>Pictures in labelled rows on one white page, such as a source and its translations.</summary>
public static class ContactSheet
{
    private const int Margin = 12;
    private const int LabelHeight = BitmapFont.Height + 6;
    private const byte White = 255;

    /// <param name="rows">Rows from the top, cells from the left; rows may differ in length. There must be a cell.</param>
    /// <param name="cellSize">Side of the square that each picture is scaled to fit into, its proportions kept.</param>
    /// <exception cref="ArgumentException">No cell at all, or more than a picture can hold.</exception>
    public static RgbImage Compose(IReadOnlyList<IReadOnlyList<ContactSheetCell>> rows, int cellSize = 256)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(cellSize, 1);
        int columns = rows.Select(row => row.Count).DefaultIfEmpty().Max();
        if (columns == 0) throw new ArgumentException("A contact sheet needs at least one picture.", nameof(rows));

        int width = Margin + (columns * (cellSize + Margin));
        int height = Margin + (rows.Count * (cellSize + LabelHeight + Margin));
        if ((long)width * height * 3 > Array.MaxLength)
            throw new ArgumentException(FormattableString.Invariant(
                $"A sheet of {width} x {height} pixels is too large. Take smaller cells, or fewer pictures a sheet."), nameof(rows));
        var pixels = new byte[width * height * 3];
        Array.Fill(pixels, White);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int column = 0; column < rows[row].Count; column++)
            {
                var cell = rows[row][column];
                int left = Margin + (column * (cellSize + Margin)), top = Margin + (row * (cellSize + LabelHeight + Margin));
                Place(pixels, width, cell.Image, left, top, cellSize);
                BitmapFont.Draw(pixels, width, cell.Label, left, top + cellSize + 4, cellSize);
            }
        }
        return new(width, height, pixels);
    }

    /// <summary>A picture at the size that it gets on a sheet: what is kept until the sheet is composed need not be larger.</summary>
    public static RgbImage Fit(RgbImage image, int cellSize)
    {
        ArgumentNullException.ThrowIfNull(image);
        double scale = (double)cellSize / Math.Max(image.Width, image.Height);
        return AreaResize.Resize(
            image, Math.Max(1, (int)Math.Round(image.Width * scale)), Math.Max(1, (int)Math.Round(image.Height * scale)));
    }

    private static void Place(byte[] page, int pageWidth, RgbImage image, int left, int top, int cellSize)
    {
        var scaled = Fit(image, cellSize);
        left += (cellSize - scaled.Width) / 2;
        top += (cellSize - scaled.Height) / 2;
        for (int y = 0; y < scaled.Height; y++)
            scaled.Row(y).CopyTo(page.AsSpan((((top + y) * pageWidth) + left) * 3));
    }
}
