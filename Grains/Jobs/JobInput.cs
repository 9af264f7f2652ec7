namespace MplugCluster.Grains.Jobs;

/// <summary>A file that a job reads its queries, pairs or annotations from.</summary>
/// <param name="Source">Source that has it: <c>folder:/data</c>, <c>azure:container</c>; empty: the cluster's own store.</param>
/// <param name="Path">The file within it.</param>
/// <param name="Format"><c>jsonl</c>, <c>csv</c>, <c>parquet</c>, <c>txt</c> (a query a line) or <c>json</c> (annotations, which may be the first two as well).</param>
/// <param name="Pictures">Source that the pictures' paths in it are relative to.</param>
public sealed record JobInput(string Source, string Path, string Format, string Pictures);
