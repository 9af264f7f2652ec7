namespace MplugCluster.Cluster.Tests.Servers;

/// <summary>Shares one emulator among the test classes of its collection.</summary>
[CollectionDefinition(AzuriteServer.Collection)]
public sealed class AzuriteTests : ICollectionFixture<AzuriteServer>;
