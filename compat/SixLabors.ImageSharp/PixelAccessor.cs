using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp;

public delegate void PixelAccessorAction<TPixel>(PixelAccessor<TPixel> pixelAccessor)
    where TPixel : unmanaged, IPixel<TPixel>;

/// <summary>Rows of an image's pixels, for the time of one call of ProcessPixelRows.</summary>
public ref struct PixelAccessor<TPixel>
    where TPixel : unmanaged, IPixel<TPixel>
{
    private readonly Image<TPixel> image;

    internal PixelAccessor(Image<TPixel> image) => this.image = image;

    public int Width => image.Width;
    public int Height => image.Height;

    public Span<TPixel> GetRowSpan(int rowIndex) => image.Pixels.AsSpan(rowIndex * image.Width, image.Width);
}
