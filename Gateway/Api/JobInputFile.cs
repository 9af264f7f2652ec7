namespace MplugCluster.Gateway.Api;

/// <summary>A file that a job reads its input from, line by line, when it runs.</summary>
/// <param name="Source">Source that has it: <c>folder:/data</c>, <c>azure:container</c>.</param>
/// <param name="Path">The file in the source.</param>
/// <param name="Format">
/// <c>jsonl</c>, <c>csv</c> or <c>parquet</c>; <c>txt</c> for a query a line; <c>json</c>, <c>jsonl</c> or <c>csv</c> for annotations. Default: what
/// the path ends in.
/// </param>
/// <param name="Pictures">Source that the pictures' paths in it are relative to. Default: <paramref name="Source"/>.</param>
public sealed record JobInputFile(string Source, string Path, string? Format = null, string? Pictures = null);
