namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>
/// Where a job's time goes, in milliseconds on the clock of each device that works on it, summed over the devices. Whatever happens there side by side
/// counts once: as the device's work while it has any for the job, else as a wait for the device, as decoding, search, download or write, in this order.
/// So the largest number is what would have to be faster.
/// </summary>
/// <param name="Download">Reading pictures from their source, or features from the store, while the device is idle.</param>
/// <param name="Decode">Pictures to pixels, and the wait for a decoder, while the device is idle.</param>
/// <param name="Encode">Image and text encoder at work.</param>
/// <param name="Search">Candidates by ITC similarity.</param>
/// <param name="Itm">Pair scoring at work.</param>
/// <param name="Write">Reading, merging and writing the job's own files, and all that is nothing else.</param>
/// <param name="Queue">The device is busy with other work than the job's, or others make features that the job waits for.</param>
[GenerateSerializer, Immutable, Alias("mplug.WorkTimes")]
public sealed record WorkTimes(
    [property: Id(0)] double Download = 0,
    [property: Id(1)] double Decode = 0,
    [property: Id(2)] double Encode = 0,
    [property: Id(3)] double Search = 0,
    [property: Id(4)] double Itm = 0,
    [property: Id(5)] double Write = 0,
    [property: Id(6)] double Queue = 0)
{
    /// <summary>The activity that holds the job up most, or null while nothing is known.</summary>
    public string? Bottleneck => new[]
        {
            ("download", Download), ("decode", Decode), ("encode", Encode), ("search", Search), ("itm", Itm), ("write", Write), ("queue", Queue),
        }
        .MaxBy(activity => activity.Item2) is (var name, > 0) ? name : null;

    /// <summary>Sum of two.</summary>
    public static WorkTimes operator +(WorkTimes a, WorkTimes b) => new(
        a.Download + b.Download, a.Decode + b.Decode, a.Encode + b.Encode, a.Search + b.Search, a.Itm + b.Itm, a.Write + b.Write, a.Queue + b.Queue);
}
