namespace MplugCluster.Grains.Sources;

/// <summary>Sources in messages.</summary>
static class SourceNames
{
    public static string Of(string address) => address.Length == 0 ? "the cluster's store" : $"'{address}'";
}
