namespace MplugCluster.Gateway.Api;

/// <summary>Where a job's time went, in milliseconds summed over its parts.</summary>
/// <param name="Download">Reading pictures from their source.</param>
/// <param name="Decode">Pictures to pixels.</param>
/// <param name="Encode">Image and text encoder.</param>
/// <param name="Search">Candidates by ITC similarity.</param>
/// <param name="Itm">Pair scoring.</param>
/// <param name="Write">Reading and writing the job's own files.</param>
public sealed record JobTimes(double Download, double Decode, double Encode, double Search, double Itm, double Write);
