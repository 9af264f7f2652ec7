using MplugCluster.Gateway.Api;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Sources;

namespace MplugCluster.Gateway.Jobs;

/// <summary>What an ingest would find.</summary>
sealed class IngestPreview(SourceCatalog sources)
{
    /// <summary>Lists a source, and neither reads nor encodes anything.</summary>
    /// <exception cref="SourceException">The source may not be read, or is not of its kind.</exception>
    public async Task<IngestPreviewInfo> List(IngestPlan ingest, CancellationToken cancellation) => IngestPreviewInfo.Of(
        await IngestListing.Summarize(IngestListing.List(ingest.Source, sources, cancellation), cancellation: cancellation));
}
