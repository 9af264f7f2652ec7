using System.Globalization;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Models;
using MplugCluster.Cli.Terminal;
using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Verification;

namespace MplugCluster.Cli.Verify;

/// <summary>What a package's rounding costs, beside another package of the same model, on a set of pictures and captions.</summary>
static class AccuracyReport
{
    public static async Task<int> Run(
        string model, string otherModel, string annotations, string images, EngineOptions engine, CommandTerminal terminal, CancellationToken cancellation)
    {
        InputPath.File(annotations);
        InputPath.Folder(images);
        var set = await InputPath.Read(() => Task.FromResult(RetrievalAnnotations.Load(annotations)));
        var package = ModelPackage.Open(await ModelLocator.Find(model, terminal));
        var other = ModelPackage.Open(await ModelLocator.Find(otherModel, terminal));
        var accuracy = await Task.Run(() => PackageComparison.Compare(package, other, set, images, options: engine), cancellation);

        var code = CodeOf(accuracy);
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                package = package.Fingerprint,
                against = other.Fingerprint,
                device = engine.Device.ToString(),
                image_cosine = new { least = Number(accuracy.ImageCosine.Least), mean = Number(accuracy.ImageCosine.Mean) },
                text_cosine = new { least = Number(accuracy.TextCosine.Least), mean = Number(accuracy.TextCosine.Mean) },
                pairs = accuracy.Pairs,
                itm_rank_correlation = Number(accuracy.LogitRankCorrelation),
                itm_difference = new { largest = Number(accuracy.LogitDifference.Largest), mean = Number(accuracy.LogitDifference.Mean) },
                recall = accuracy.Recall,
                recall_against = accuracy.OtherRecall,
            });
            return code;
        }

        Line($"image embeddings, cosine: least {accuracy.ImageCosine.Least:0.000000}, mean {accuracy.ImageCosine.Mean:0.000000}");
        Line($"text embeddings, cosine: least {accuracy.TextCosine.Least:0.000000}, mean {accuracy.TextCosine.Mean:0.000000}");
        Line($"ITM logits of {accuracy.Pairs} pairs: rank correlation {accuracy.LogitRankCorrelation:0.000000}");
        Line($"ITM logits, difference: at most {accuracy.LogitDifference.Largest:0.0000}, mean {accuracy.LogitDifference.Mean:0.0000}");
        foreach (var (name, recall) in Recalls)
            Line($"{name}: {recall(accuracy.Recall):0.00}, against {recall(accuracy.OtherRecall):0.00}: {recall(accuracy.Recall) - recall(accuracy.OtherRecall):+0.00;-0.00;0.00}");
        return code;

        // JSON has no word for what is no number.
        static double? Number(double value) => double.IsFinite(value) ? value : null;

        void Line(FormattableString line) => terminal.Line(line.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>How much may be lost is for whoever asks to say, but what is no number is a fault. Without a common pair there is no difference.</summary>
    internal static int CodeOf(PackageAccuracy accuracy)
    {
        double[] numbers = [accuracy.ImageCosine.Least, accuracy.TextCosine.Least, accuracy.Pairs == 0 ? 0 : accuracy.LogitDifference.Largest];
        return numbers.All(double.IsFinite) ? ExitCodes.Ok : ExitCodes.Failed;
    }

    static readonly (string Name, Func<RecallMetrics, double> Value)[] Recalls =
    [
        ("txt_r1", metrics => metrics.TextRecall1), ("txt_r5", metrics => metrics.TextRecall5), ("txt_r10", metrics => metrics.TextRecall10),
        ("img_r1", metrics => metrics.ImageRecall1), ("img_r5", metrics => metrics.ImageRecall5), ("img_r10", metrics => metrics.ImageRecall10),
        ("r_mean", metrics => metrics.Mean),
    ];
}
