namespace MplugCluster.Gateway.Embedded;

/// <summary>Where the cluster that holds a store can be reached.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Token">Its token.</param>
/// <param name="ProcessId">Its process, for messages.</param>
sealed record StoreDoor(string Url, string Token, int ProcessId);
