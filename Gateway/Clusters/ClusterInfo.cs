namespace MplugCluster.Gateway.Clusters;

/// <summary><c>GET /v1/cluster</c>: the cluster as this Gateway sees it. Counters run from each silo's start; speeds are differences of two answers.</summary>
/// <param name="Fingerprint">Package that this Gateway serves.</param>
/// <param name="Time">When it was looked at.</param>
/// <param name="Silos">Members that are not dead, by name.</param>
/// <param name="Devices">Devices of the ring, by key.</param>
/// <param name="Dashboard">Whether Orleans' own dashboard is served.</param>
public sealed record ClusterInfo(
    string Fingerprint, DateTimeOffset Time, IReadOnlyList<SiloInfo> Silos, IReadOnlyList<DeviceInfo> Devices, bool Dashboard = false);
