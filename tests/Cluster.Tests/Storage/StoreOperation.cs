namespace MplugCluster.Cluster.Tests.Storage;

/// <summary>Kinds of calls; a range is a read.</summary>
enum StoreOperation
{
    Read,
    Head,
    List,
    Write,
    Delete,
}
