using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Jobs;

namespace MplugCluster.Gateway.Jobs;

/// <summary>What an ingest would find.</summary>
sealed class IngestPreview
{
    /// <summary>Lists a source, and neither reads nor encodes anything.</summary>
    public Task<IngestPreviewInfo> List(IngestPlan source, CancellationToken cancellation)
    {
        // Sources are listed where they are opened: the listing's summary becomes the answer here.
        cancellation.ThrowIfCancellationRequested();
        throw Problems.Unavailable($"This cluster cannot list '{source.Address}' yet; leave 'dry_run' out to start the job.");
    }
}
