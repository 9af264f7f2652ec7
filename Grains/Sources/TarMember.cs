namespace MplugCluster.Grains.Sources;

/// <summary>One member of a tar file, or what is wrong with it.</summary>
/// <param name="Name">Its path in the archive; empty when the archive itself is at fault.</param>
/// <param name="Offset">First byte of its content in the archive.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Fault">Why it cannot be used; null for a plain file.</param>
/// <param name="Code">Code of the fault as an item's error.</param>
sealed record TarMember(string Name, long Offset, long Length, string? Fault = null, string Code = "unsupported");
