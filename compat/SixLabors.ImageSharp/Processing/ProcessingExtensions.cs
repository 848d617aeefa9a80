using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp.Processing;

public interface IImageProcessingContext;

public static class ProcessingExtensions
{
    public static void Mutate<TPixel>(this Image<TPixel> source, Action<IImageProcessingContext> operation)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        ArgumentNullException.ThrowIfNull(operation);
        operation(new ImageProcessingContext(source));
    }
}

public static class AutoOrientExtensions
{
    public static IImageProcessingContext AutoOrient(this IImageProcessingContext source)
    {
        ((ImageProcessingContext)source).Image.AutoOrient();
        return source;
    }
}

internal sealed record ImageProcessingContext(Image Image) : IImageProcessingContext;
