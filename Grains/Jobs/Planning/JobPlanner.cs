using System.Globalization;

namespace MplugCluster.Grains.Jobs.Planning;

/// <summary>What a job will cost, from its size and from what devices have learned.</summary>
public static class JobPlanner
{
    /// <summary>Mean tokens of a caption.</summary>
    public const double UsualTextTokens = 13;

    /// <summary>Parts that are in memory for each device: one on it, one coming.</summary>
    const int PartsPerDevice = 2;

    /// <summary>The estimate of a job that is cut in this way.</summary>
    public static JobEstimate Estimate(JobLoad load, PartSizes sizes, PlanningFacts facts)
    {
        var blocks = (load.Items + sizes.ItemsPerBlock - 1) / sizes.ItemsPerBlock;
        var distinct = load.IsNew ? load.Pictures : Distinct(load.Pictures, load.Pairs);
        var encoded = PicturesToEncode(load, distinct, blocks, facts);
        var texts = load.Pairs == 0 ? load.Texts : Math.Min(load.Texts, load.Pairs);
        var relative = facts.TextTokens / UsualTextTokens;
        var picturesMs = Shared(facts, encoded, device => device.ImageMs);
        var textsMs = Shared(facts, texts * relative, device => device.TextMs);
        var pairsMs = Shared(facts, load.Pairs * relative, device => device.PairMs);
        var estimate = new JobEstimate
        {
            Items = load.Items,
            DistinctPictures = Whole(distinct),
            Pairs = load.Pairs,
            TextsPerPicture = distinct > 0 ? load.Pairs / distinct : 0,
            TokenBytes = Whole(distinct) * facts.TokenBytes,
            PicturesToEncode = Whole(encoded),
            EncodeSeconds = (picturesMs + textsMs) / 1000,
            ItmSeconds = pairsMs / 1000,
            Hours = (picturesMs + textsMs + pairsMs) / 3_600_000,
            MemoryBytes = (load.IsNew ? 0 : load.Pictures * facts.EmbeddingSize * sizeof(float))
                + (long)facts.Devices.Count * PartsPerDevice * sizes.PicturesPerPart * facts.TokenBytes,
            IsGuess = facts.Devices.Any(device => device.IsGuess),
            Devices = facts.Devices.Count,
            Blocks = blocks,
            Notes = [],
        };
        return estimate with { Notes = [.. Notes(load, estimate, picturesMs, pairsMs, facts)] };
    }

    /// <summary>Pictures that some draws with replacement meet, as expected: D (1 - (1 - 1/D)^draws).</summary>
    public static double Distinct(long pictures, double draws) => pictures switch
    {
        0 => 0,
        1 => Math.Min(1, draws),
        _ => -pictures * Expm1(draws * Log1P(-1.0 / pictures)),
    };

    /// <summary>
    /// The store keeps what its budget allows of the corpus. When the pictures of the job fit, each of the rest is encoded once; when they do
    /// not, those of one block have pushed out those of the one before, and a picture is encoded again for each block that meets it.
    /// </summary>
    static double PicturesToEncode(JobLoad load, double distinct, long blocks, PlanningFacts facts)
    {
        if (load.IsNew || load.Pictures == 0)
            return distinct;
        var room = facts.TokenBytes == 0 ? load.Pictures : (double)facts.StoreBytes / facts.TokenBytes;
        var missing = 1 - Math.Min(1, room / load.Pictures);
        return missing * (distinct <= room ? distinct : blocks * Distinct(load.Pictures, (double)load.Pairs / Math.Max(1, blocks)));
    }

    /// <summary>Milliseconds of some work that all devices share by their speed; null if there is work and no device knows its cost.</summary>
    static double? Shared(PlanningFacts facts, double units, Func<DeviceCosts, double> cost)
    {
        var perMs = facts.Devices.Select(cost).Where(ms => ms > 0).Sum(ms => 1 / ms);
        return units == 0 ? 0 : perMs > 0 ? units / perMs : null;
    }

    static IEnumerable<string> Notes(JobLoad load, JobEstimate estimate, double? picturesMs, double? pairsMs, PlanningFacts facts)
    {
        if (facts.Devices.Count == 0)
            yield return "no device is present: the job waits until there is one";
        else if (estimate.Hours is null)
            yield return "no device has measured this work yet: there is no estimate of time";
        else if (facts.Devices.Any(device => !device.IsKnown))
            yield return "some devices have not measured their work yet: the estimate of time is without them";
        if (estimate.Hours is not null && estimate.IsGuess)
            yield return "some devices have not encoded a picture or not scored a pair since they started: their speed is a first guess";
        if (load.Pairs > 0 && picturesMs > pairsMs)
        {
            yield return load.IsNew
                ? string.Create(CultureInfo.InvariantCulture, $"few texts per picture ({estimate.TextsPerPicture:0.#}): encoding the pictures dominates")
                : string.Create(CultureInfo.InvariantCulture,
                    $"few texts per picture ({estimate.TextsPerPicture:0.#}): re-encoding dominates; fewer candidates, or a larger feature store, make the job shorter");
        }

        if (!load.IsNew && estimate.TokenBytes > facts.StoreBytes)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"the pictures' tokens take {estimate.TokenBytes / 1e9:0.#} GB, the feature store may hold {facts.StoreBytes / 1e9:0.#} GB");
        }
    }

    static long Whole(double expected) => (long)Math.Ceiling(expected - 1e-6);

    /// <summary>exp(x) - 1, exact also where exp(x) is 1.</summary>
    static double Expm1(double x) => Math.Abs(x) > 1e-4 ? Math.Exp(x) - 1 : x + x * x / 2 + x * x * x / 6;

    /// <summary>log(1 + x), exact also where 1 + x is 1: a corpus of 10^9 pictures.</summary>
    static double Log1P(double x) => Math.Abs(x) > 1e-4 ? Math.Log(1 + x) : x - x * x / 2 + x * x * x / 3;
}
