namespace MplugCluster.Grains.Storage;

/// <summary>An object's content and the version it is.</summary>
public sealed record StoredObject(byte[] Content, string ETag);
