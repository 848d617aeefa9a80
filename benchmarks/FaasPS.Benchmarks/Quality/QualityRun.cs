using System.Globalization;
using FaasPS.EmojiData;
using FaasPS.Engine;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Text;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks.Quality;

/// <summary>
/// Measures the demo model on names it has never seen and prints a table: quantity, what was reached, what is aimed at. A shuffled run has
/// the same prompts and seeds and the hint of another name's picture.
/// </summary>
internal sealed class QualityRun(FcDiffusionModel model, ClipTokenizer tokenizer, HeldOut heldOut, int steps)
{
    private const int Together = 16;

    public static void Run(string modelFolder, string emojiFolder, string sheet, int steps, string names)
    {
        var files = ModelFiles.Find(modelFolder);
        using var model = FcDiffusionModel.Load(files);
        var tokenizer = ClipTokenizer.Load(VocabularyLocator.Locate(null, files.Folder));
        var run = new QualityRun(model, tokenizer, new HeldOut(Names(EmojiSet.Load(emojiFolder), names)), steps);
        run.Measure();
        ImageWriter.Write(run.Sheet(), sheet);
        Console.WriteLine($"sheet: {sheet}");
    }

    /// <summary>Settings are chosen on one in twenty of the trained names, or on what is held out of the others.</summary>
    private static IReadOnlyList<Emoji> Names(EmojiSet emojis, string names) => names switch
    {
        "heldout" => emojis.HeldOut,
        "trained" => [.. emojis.Training.Where((_, i) => i % 20 == 3)],
        "others" => emojis.OthersHeldOut,
        _ => throw new ArgumentException($"There are no names '{names}': heldout, trained or others.", nameof(names)),
    };

    private void Measure()
    {
        Console.WriteLine(FormattableString.Invariant($"{steps} steps, {heldOut.Sources.Count} sources"));
        foreach (var band in ControlBands.All) Console.WriteLine($"{band.Name()}: {model.Config.SamplingOf(band)}");
        Row("autoencoder: PSNR, dB", heldOut.Sources.Average(source => PictureMeasures.Psnr(Reconstruct(source.Picture), source.Picture)), ">= 27");

        var high = Translate(heldOut.Recolourings, ControlBand.HighPass);
        Colouring(ControlBand.HighPass, high, ">= 95", ">= 85");

        Row("drawn as asked: edge correlation with the source",
            Contours([.. heldOut.Recolourings.Select(request => request.Target.Draw(request.Source.Sprite))]), "the most");
        foreach (var band in new[] { ControlBand.HighPass, ControlBand.MidPass })
        {
            var pictures = band == ControlBand.HighPass ? high : Translate(heldOut.Recolourings, band);
            if (band != ControlBand.HighPass) Colouring(band, pictures, "", "");
            var contours = Contours(pictures);
            Row($"{band.Name()}: edge correlation with the source", contours, ">= 0.6");
            Row($"{band.Name()}: the same above shuffled", contours - Contours(Translate(heldOut.Recolourings, band, shuffled: true)), ">= 0.25");
        }
        Row("mini_pass: histogram intersection above shuffled", Colours(shuffled: false) - Colours(shuffled: true), ">= 0.2");

        var restyled = heldOut.Restylings.Zip(Translate(heldOut.Restylings, ControlBand.HighPass)).ToArray();
        Row("high_pass: twitter style nearer than the source, %", Percent(restyled, pair =>
        {
            var truth = pair.First.Target.Draw(pair.First.Source.Emoji.Styles["twitter"]);
            var coverage = pair.First.Source.Coverage;
            return PictureMeasures.ObjectSimilarity(pair.Second, truth, coverage)
                > PictureMeasures.ObjectSimilarity(pair.First.Source.Picture, truth, coverage);
        }), ">= 60");
    }

    private void Colouring(ControlBand band, RgbImage[] pictures, string backgroundAim, string tintAim)
    {
        var pairs = heldOut.Recolourings.Zip(pictures).ToArray();
        Row($"{band.Name()}: background within 40, %", Percent(pairs, pair =>
            PictureMeasures.BackgroundError(pair.Second, pair.First.Source.Coverage, pair.First.Target.Background) <= 40), backgroundAim);
        Row($"{band.Name()}: tint on the asked side, %", Percent(pairs, pair => TintOf(pair.Second, pair.First) == pair.First.Target.Tint), tintAim);
    }

    private double Contours(IReadOnlyList<RgbImage> pictures) =>
        heldOut.Recolourings.Zip(pictures).Average(pair => PictureMeasures.EdgeCorrelation(pair.Second, pair.First.Source.Picture));

    /// <summary>mini_pass is told what to draw and not in which colours: those are the source's.</summary>
    private double Colours(bool shuffled)
    {
        var requests = heldOut.Recolourings.Select(request =>
            new Request(new HeldOutSource(request.Target, request.Source.Sprite, request.Source.Emoji), request.Target)).ToArray();
        var pictures = Translate(requests, ControlBand.MiniPass, shuffled, withColours: false);
        return requests.Zip(pictures).Average(pair => PictureMeasures.HistogramIntersection(pair.Second, pair.First.Source.Picture));
    }

    private RgbImage[] Translate(IReadOnlyList<Request> requests, ControlBand band, bool shuffled = false, bool withColours = true)
    {
        var inputs = requests.Select((request, i) =>
        {
            // Five names on: neither the same thing nor, as a rule, the same colours.
            var source = shuffled ? requests[(i + (5 * requests.Count / heldOut.Sources.Count * EmojiSet.Styles.Count)) % requests.Count] : request;
            var prompt = withColours ? request.Target.Caption : $"{request.Target.Name}, {request.Target.Style} style";
            return new TranslationInput(source.Source.Picture, prompt, Seed: 1000 + i);
        });
        var pipeline = new TranslationPipeline(model, tokenizer);
        var options = TranslationOptions.For(model.Config, band) with { Steps = steps };
        return [.. inputs.Chunk(Together).SelectMany(batch => pipeline.Run(batch, options).Select(result => result.Image))];
    }

    private RgbImage Reconstruct(RgbImage picture)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var latents = model.Autoencoder.Encode(ImageTensor.FromImage(picture).to(model.DType, model.Device));
        return ImageTensor.ToImage(model.Autoencoder.Decode(latents)[0]);
    }

    /// <summary>The tint whose hue is nearest to the object's.</summary>
    private static Tint TintOf(RgbImage picture, Request request)
    {
        var hue = PictureMeasures.ObjectHue(picture, request.Source.Coverage);
        return Scene.Tints.Where(tint => tint.Angle is not null).MinBy(tint => Hue.Distance(hue, tint.Angle!.Value))!;
    }

    /// <summary>
    /// Eight sources, and of each two translations by each band: what keeps the source's colours is asked for the other two styles, what
    /// keeps its contours for other colours.
    /// </summary>
    private RgbImage Sheet()
    {
        var chosen = heldOut.Recolourings.GroupBy(request => request.Source).Where((_, i) => i % 4 == 0).Take(8).ToArray();
        var recoloured = chosen.SelectMany(group => group).ToArray();
        var restyled = chosen.SelectMany(group => EmojiSet.Styles.Where(style => style != group.Key.Scene.Style)
            .Select(style => new Request(group.Key, group.Key.Scene with { Style = style }))).ToArray();
        var bands = ControlBands.All.Select(band =>
        {
            var requests = band is ControlBand.MiniPass or ControlBand.LowPass ? restyled : recoloured;
            return (Name: band.Name(), Requests: requests, Pictures: Translate(requests, band));
        }).ToArray();
        return ContactSheet.Compose([.. chosen.Select((group, row) => (IReadOnlyList<ContactSheetCell>)
        [
            new ContactSheetCell(group.Key.Picture, $"{group.Key.Scene.Name}, {group.Key.Scene.Style}"),
            .. bands.SelectMany(band => Enumerable.Range(2 * row, 2).Select(i => new ContactSheetCell(
                band.Pictures[i],
                band.Requests == restyled
                    ? $"{band.Name}: {restyled[i].Target.Style}"
                    : $"{band.Name}: {recoloured[i].Target.Tint.Name} on {recoloured[i].Target.Background.Name}"))),
        ])], cellSize: 128);
    }

    private static double Percent<T>(IReadOnlyCollection<T> items, Func<T, bool> holds) => 100.0 * items.Count(holds) / items.Count;

    private static void Row(string quantity, double reached, string aim) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{quantity,-52} {reached,8:0.000}   {aim}"));
}
