namespace MplugCluster.Gateway.Api;

/// <summary>
/// Where a job's time went, in milliseconds on the clock of each device that worked on it, summed over the devices. What happened there side by side
/// counts once: as the device's work while it had any for the job, else as a wait for the device, as decoding, search, download or write, in this order.
/// </summary>
/// <param name="Download">Reading pictures from their source, or features from the store, while the device was idle.</param>
/// <param name="Decode">Pictures to pixels, and the wait for a decoder, while the device was idle.</param>
/// <param name="Encode">Image and text encoder at work.</param>
/// <param name="Search">Candidates by ITC similarity.</param>
/// <param name="Itm">Pair scoring at work.</param>
/// <param name="Write">Reading, merging and writing the job's own files, and all that is nothing else.</param>
/// <param name="Queue">The device was busy with other work than the job's, or others made features that the job waited for.</param>
public sealed record JobTimes(double Download, double Decode, double Encode, double Search, double Itm, double Write, double Queue = 0);
