using MplugCluster.Grains.Interfaces.Sources;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>What an ingest notes on its items, so that a later one of the same source finds those that are there no more.</summary>
static class IngestOrigin
{
    /// <summary>Each upload of the same source has another listing: its name alone says what it is.</summary>
    public static string Of(SourceSpec source) => source.Kind == SourceKind.Upload ? source.Address : $"{source.Kind} {source.Address} {source.Path}".TrimEnd();
}
