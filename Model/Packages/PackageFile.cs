namespace MplugCluster.Model.Packages;

/// <summary>One file of a package as it was when the package was written.</summary>
/// <param name="Name">File name within the package directory.</param>
/// <param name="Bytes">Length.</param>
/// <param name="XxHash128">XXH128 of the content, lower-case hex: notices damage and exchange, not malice.</param>
public sealed record PackageFile(string Name, long Bytes, string XxHash128);
