namespace MplugCluster.Cli.Models;

/// <summary>An imported package.</summary>
/// <param name="Path">Its directory.</param>
/// <param name="Source">The file it was imported from.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Used">When it was used last.</param>
sealed record CachedPackage(string Path, string Source, long Bytes, DateTime Used);
