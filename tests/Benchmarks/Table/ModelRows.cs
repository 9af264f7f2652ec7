using MplugCluster.Benchmarks.Cluster;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using SkiaSharp;

namespace MplugCluster.Benchmarks.Table;

/// <summary>The rows of the models and of preprocessing, with what each is to reach.</summary>
/// <param name="input">What the models are run on.</param>
/// <param name="work">How much work that is.</param>
/// <param name="peak">The machine's peak.</param>
/// <param name="plan">The reference's plan.</param>
sealed class ModelRows(TableInput input, PairWork work, TableRow peak, TableRow plan)
{
    static readonly (int Width, int Height)[] Sizes = [(500, 375), (1280, 960), (4000, 3000)];

    /// <summary>The rows of the fp32 engine.</summary>
    public TableRow[] Single(OnnxInferenceEngine engine) => [.. Of(engine, "fp32", absorbs: true, input, work).Select(row => row.Name switch
    {
        "image encoder, fp32" => row with { Goal = new(70, " % of the FMA peak"), Found = self => 100 * self.GflopPerSecond / peak.GflopPerSecond },
        "pairs, one picture with 32, fp32" => Ratio(row, 7),
        "pairs, one picture with 128, fp32" => Ratio(row, 8),
        "pairs, one text with 16 pictures, fp32, absorbed" => Ratio(row, 3.5),
        _ => row,
    })];

    /// <summary>The rows of the int8 engine, each followed by the same work with one activation step for the whole batch.</summary>
    public IEnumerable<TableRow> Bytes(OnnxInferenceEngine engine, OnnxInferenceEngine plain, TableRow[] single) =>
        Of(engine, "int8", absorbs: false, input, work).Select(row => row.Name switch
        {
            "image encoder, int8" => row with
            {
                Goal = new(3, " x fp32"),
                Found = self => single.Single(other => other.Name == "image encoder, fp32").PerUnit / self.PerUnit,
            },
            "pairs, one picture with 128, int8" => Ratio(row, 18),
            _ => row,
        }).Zip(Of(plain, "int8, one step a batch (not invariant)", absorbs: false, input, work)).SelectMany(pair => new[] { pair.First, pair.Second });

    /// <summary>The rows of preprocessing, beside Pillow and torchvision where Python has them.</summary>
    public static IEnumerable<TableRow> Preprocessing(int side)
    {
        var preprocessor = new PicturePreprocessor(side, new PictureLimits());
        (string Name, byte[] File)[] pictures = [.. Sizes.Select(size => MadeInput.Jpeg(size.Width, size.Height)).Zip(Sizes).SelectMany(made => new[]
        {
            ($"JPEG {made.Second.Width} x {made.Second.Height}", made.First),
            ($"PNG {made.Second.Width} x {made.Second.Height}", Png(made.First)),
        })];
        var peer = PillowPeer.Measure(side, pictures.Select(picture => picture.File));
        foreach (var (at, (name, file)) in pictures.Index())
        {
            var other = peer is null ? "" : FormattableString.Invariant($" (Pillow and torchvision: {peer[at]:0.00} ms)");
            yield return new($"preprocessing, {name}{other}", "picture", 1, 0, () =>
            {
                if (!preprocessor.TryPreprocess(file, applyOrientation: true, out var pixels, out var error))
                    throw new InvalidOperationException(error.Reason);
                preprocessor.Recycle(pixels);
            })
            {
                Goal = at == 0 ? new(1.6, " x Pillow and torchvision") : null,
                Found = self => peer?[at] / (1e3 * self.PerUnit),
                Reason = "Pillow and torchvision are not installed",
            };
        }
    }

    static byte[] Png(byte[] jpeg)
    {
        using var pixels = SKBitmap.Decode(jpeg);
        using var file = pixels.Encode(SKEncodedImageFormat.Png, 100);
        return file.ToArray();
    }

    TableRow Ratio(TableRow row, double goal) => row with { Goal = new(goal, " x"), Found = self => plan.PerUnit / self.PerUnit };

    /// <summary>What an engine is asked to do.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="precision">Its package's precision, as rows name it.</param>
    /// <param name="absorbs">Whether the package has the absorbed form.</param>
    /// <param name="input">What it is run on.</param>
    /// <param name="work">How much work that is.</param>
    public static IEnumerable<TableRow> Of(OnnxInferenceEngine engine, string precision, bool absorbs, TableInput input, PairWork work)
    {
        var image = engine.EncodeImages([input.Pixels])[0];
        var texts = engine.EncodeTexts(input.Texts);
        yield return new($"image encoder, {precision}", "picture", 1, work.Image, () => engine.EncodeImages([input.Pixels]));
        yield return new($"text encoder, 128 texts, {precision}", "text", 128, texts.Sum(text => work.Text(text.Length)), () => engine.EncodeTexts(input.Texts));
        foreach (var count in new[] { 1, 8, 32, 128 })
        {
            var some = texts[..count];
            var absorbed = absorbs && count == 1;
            var gflop = absorbed ? some.Sum(text => work.AbsorbedPair(text.Length)) : work.KeysAndValues + some.Sum(text => work.Pair(text.Length));
            yield return new($"pairs, one picture with {count}, {precision}{(absorbed ? ", absorbed" : "")}", "pair", count, gflop, () => engine.ScorePairs([new PairGroup(image, some)]));
        }

        PairGroup[] search = [.. Enumerable.Range(0, 16).Select(_ => new PairGroup(image, texts[3..4]))];
        var each = absorbs ? work.AbsorbedPair(13) : work.KeysAndValues + work.Pair(13);
        yield return new($"pairs, one text with 16 pictures, {precision}{(absorbs ? ", absorbed" : "")}", "pair", 16, 16 * each, () => engine.ScorePairs(search));
    }
}
