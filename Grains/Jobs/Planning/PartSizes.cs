using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Model.Architecture;

namespace MplugCluster.Grains.Jobs.Planning;

/// <summary>
/// How a job is cut. It follows from the job, the model and the kind of device alone, not from speeds that were measured: the same job submitted
/// twice is cut the same way, and its runs of the pair scorer are the same to the last row.
/// </summary>
/// <param name="ItemsPerBlock">Items of a block, whose results become readable together.</param>
/// <param name="PairsPerPart">Pairs of a part, at most.</param>
/// <param name="PicturesPerPart">Pictures of a part, at most.</param>
public sealed record PartSizes(int ItemsPerBlock, int PairsPerPart, int PicturesPerPart)
{
    /// <summary>Device time of a part, in milliseconds: half for its pictures, half for its pairs.</summary>
    const double PartMs = 5000;

    /// <summary>Billions of operations a millisecond: two cores of a processor, and a GPU.</summary>
    const double ProcessorSpeed = 0.15, GpuSpeed = 30;

    /// <summary>Reading a picture's tokens from the feature store, in milliseconds.</summary>
    const double ReadMs = 5;

    /// <summary>Bounds: above the most, a small job would be one part of one device; below the least, parts would be files and calls alone.</summary>
    const int MinPairs = 64, MaxPairs = 4096, MaxPictures = 256;

    /// <summary>Candidates of a block: what one part's search finds and one part's merge holds, some hundred megabytes.</summary>
    const int RowsPerBlock = 1 << 18;

    /// <summary>Queries of a block: above the most there is little more to share, below the least hardly anything.</summary>
    const int MinQueries = 16, MaxQueries = 2048;

    /// <summary>Parts of a block that is cut by pairs or pictures: work for many devices, and not too many blocks.</summary>
    const int PartsPerBlock = 64;

    const int MinItems = 256, MaxItems = 16_384;

    /// <summary>Sizes for a job.</summary>
    /// <param name="load">The job.</param>
    /// <param name="work">What the model takes.</param>
    /// <param name="hasProcessors">Whether any device is a processor, which then may get any part.</param>
    /// <param name="storeTokens">Pictures whose tokens the feature store may hold.</param>
    public static PartSizes Of(JobLoad load, ModelWork work, bool hasProcessors, double storeTokens)
    {
        var speed = hasProcessors ? ProcessorSpeed : GpuSpeed;
        var missing = load.IsNew || load.Pictures == 0 ? 1 : 1 - Math.Min(1, storeTokens / load.Pictures);
        var pictures = PowerOfTwo(PartMs / 2 / (ReadMs + missing * work.ImageGflop / speed), 1, MaxPictures);
        var pairs = PowerOfTwo(PartMs / 2 * speed / work.PairGflop, MinPairs, MaxPairs);
        var items = load.Kind switch
        {
            JobKind.Rank when load.IsNew => PowerOfTwo(pictures, MinQueries, MaxQueries),
            JobKind.Rank => PowerOfTwo((double)RowsPerBlock / load.RowsPerItem, MinQueries, MaxQueries),
            JobKind.Score => PowerOfTwo((double)PartsPerBlock * pairs, MinItems, MaxItems),
            _ => PowerOfTwo((double)PartsPerBlock * pictures, MinItems, MaxItems),
        };
        return new PartSizes(items, pairs, pictures);
    }

    /// <summary>The largest power of two that is not above a value, within bounds that are powers of two.</summary>
    static int PowerOfTwo(double value, int min, int max) => 1 << (int)Math.Floor(Math.Log2(Math.Clamp(value, min, max)));
}
