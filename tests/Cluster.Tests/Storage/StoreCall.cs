namespace MplugCluster.Cluster.Tests.Storage;

/// <summary>One call of a <see cref="FaultyObjectStore"/>.</summary>
/// <param name="Operation">What.</param>
/// <param name="Path">On which object, or folder.</param>
/// <param name="IsDone">False before the inner store is asked, true after it answered.</param>
sealed record StoreCall(StoreOperation Operation, string Path, bool IsDone);
