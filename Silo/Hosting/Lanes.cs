namespace MplugCluster.Silo.Hosting;

/// <summary>The silo's own lanes besides those of its devices.</summary>
enum Lanes
{
    /// <summary>Pictures to pixels.</summary>
    Decode,

    /// <summary>Searches in embedding shards.</summary>
    Scan,
}
