namespace MplugCluster.Model.Packages;

/// <summary>A model package cannot be written or used; the message names the file, what was expected and what was found.</summary>
public sealed class PackageException(string message, Exception? inner = null) : Exception(message, inner);
