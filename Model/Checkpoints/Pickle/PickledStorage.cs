namespace MplugCluster.Model.Checkpoints.Pickle;

/// <summary>A storage that a pickle refers to: elements in the zip member <c>data/Key</c>.</summary>
sealed record PickledStorage(ElementType Type, string Key, long Count);
