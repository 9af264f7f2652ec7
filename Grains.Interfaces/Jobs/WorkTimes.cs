namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>Where a job's time goes, in milliseconds summed over its parts.</summary>
/// <param name="Download">Reading pictures from their source.</param>
/// <param name="Decode">Pictures to pixels.</param>
/// <param name="Encode">Image and text encoder.</param>
/// <param name="Search">Candidates by ITC similarity.</param>
/// <param name="Itm">Pair scoring.</param>
/// <param name="Write">Reading and writing the job's own files.</param>
[GenerateSerializer, Immutable, Alias("mplug.WorkTimes")]
public sealed record WorkTimes(
    [property: Id(0)] double Download = 0,
    [property: Id(1)] double Decode = 0,
    [property: Id(2)] double Encode = 0,
    [property: Id(3)] double Search = 0,
    [property: Id(4)] double Itm = 0,
    [property: Id(5)] double Write = 0)
{
    /// <summary>The activity that takes the most, or null while nothing is known.</summary>
    public string? Bottleneck => new[]
        {
            ("download", Download), ("decode", Decode), ("encode", Encode), ("search", Search), ("itm", Itm), ("write", Write),
        }
        .MaxBy(activity => activity.Item2) is (var name, > 0) ? name : null;

    /// <summary>Sum of two.</summary>
    public static WorkTimes operator +(WorkTimes a, WorkTimes b) => new(
        a.Download + b.Download, a.Decode + b.Decode, a.Encode + b.Encode, a.Search + b.Search, a.Itm + b.Itm, a.Write + b.Write);
}
