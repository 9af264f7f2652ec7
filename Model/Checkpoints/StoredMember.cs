namespace MplugCluster.Model.Checkpoints;

/// <summary>One uncompressed member of a zip file.</summary>
sealed record StoredMember(string Name, long HeaderOffset, long Length, uint Crc32);
