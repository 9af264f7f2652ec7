using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Jobs.Planning;

/// <summary>How a job is cut. Powers of two: a device that measures a little faster today makes no other plan.</summary>
/// <param name="ItemsPerBlock">Items of a block, whose results become readable together.</param>
/// <param name="PairsPerPart">Pairs of a part, at most.</param>
/// <param name="PicturesPerPart">Pictures of a part, at most.</param>
public sealed record PartSizes(int ItemsPerBlock, int PairsPerPart, int PicturesPerPart)
{
    /// <summary>Device time of a part, in milliseconds: half for its pictures, should none be cached, and half for its pairs.</summary>
    const double PartMs = 5000;

    /// <summary>Costs that nobody has measured: between a processor's and a GPU's.</summary>
    const double UnknownImageMs = 100, UnknownPairMs = 1;

    const int MinPairs = 64, MaxPairs = 65_536, MaxPictures = 2048;

    /// <summary>Pairs of a block: a few megabytes of logits to merge.</summary>
    const int PairsPerBlock = 1 << 20;

    /// <summary>Queries of a block: above the most there is little more to share, below the least hardly anything.</summary>
    const int MinQueries = 64, MaxQueries = 8192;

    /// <summary>Parts of a block that is cut by pairs or pictures: work for many devices, and not too many blocks.</summary>
    const int PartsPerBlock = 64;

    const int MinItems = 256, MaxItems = 65_536;

    /// <summary>Sizes for a job on these devices; the slowest decides, for any of them may get a part.</summary>
    public static PartSizes Of(JobLoad load, IReadOnlyList<DeviceCosts> devices)
    {
        var pictures = PowerOfTwo(PartMs / 2 / Slowest(devices, device => device.ImageMs, UnknownImageMs), 1, MaxPictures);
        var pairs = PowerOfTwo(PartMs / 2 / Slowest(devices, device => device.PairMs, UnknownPairMs), MinPairs, MaxPairs);
        var items = load.Kind switch
        {
            JobKind.Rank => PowerOfTwo((double)PairsPerBlock * load.Items / Math.Max(1, load.Pairs), MinQueries, MaxQueries),
            JobKind.Score => PowerOfTwo((double)PartsPerBlock * pairs, MinItems, MaxItems),
            _ => PowerOfTwo((double)PartsPerBlock * pictures, MinItems, MaxItems),
        };
        return new PartSizes(items, pairs, pictures);
    }

    static double Slowest(IReadOnlyList<DeviceCosts> devices, Func<DeviceCosts, double> cost, double unknown) =>
        devices.Select(cost).Where(ms => ms > 0).DefaultIfEmpty(unknown).Max();

    /// <summary>The largest power of two that is not above a value, within bounds that are powers of two.</summary>
    static int PowerOfTwo(double value, int min, int max) => 1 << (int)Math.Floor(Math.Log2(Math.Clamp(value, min, max)));
}
