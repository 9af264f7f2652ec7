namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>What an ingest notes on its items, so that a later one of the same source finds those that are there no more.</summary>
static class IngestOrigin
{
    public static string Of(IngestPlan plan) => $"{plan.Kind} {plan.Address} {plan.Path}".TrimEnd();
}
