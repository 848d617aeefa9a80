using FaasPS.Engine.Imaging;

namespace FaasPS.Cmdlets.Reports;

/// <summary>A result's two pictures as the page carries them.</summary>
/// <param name="Source">The source as the model saw it, stretched to the result's size, so that the two lie on one another.</param>
/// <param name="Result">The result's own file.</param>
/// <param name="Width">The result's width.</param>
/// <param name="Height">The result's height.</param>
internal sealed record ReportPicture(string Source, string Result, int Width, int Height)
{
    /// <exception cref="ImageException">One of them cannot be read.</exception>
    /// <exception cref="FileNotFoundException">One of them is gone.</exception>
    public static ReportPicture Read(FaasTranslation translation)
    {
        var result = ImageReader.Read(translation.OutputPath);
        var source = AreaResize.Resize(ImageReader.Read(translation.SourcePath), result.Width, result.Height);
        return new ReportPicture(
            DataUri("image/jpeg", ImageWriter.ToJpeg(source)),
            DataUri(translation.OutputPath.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? "image/png" : "image/jpeg",
                File.ReadAllBytes(translation.OutputPath)),
            result.Width, result.Height);
    }

    private static string DataUri(string type, byte[] bytes) => $"data:{type};base64,{Convert.ToBase64String(bytes)}";
}
