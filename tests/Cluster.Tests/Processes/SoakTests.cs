namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>Test classes that have soaks: one after the other, for each wants the machine.</summary>
[CollectionDefinition(Collection)]
public sealed class SoakTests
{
    public const string Collection = "soak";
}
