namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>
/// Inner products of rows and queries, all of them in one canonical order: sixteen partial sums by fused multiply-add, the number at place i into
/// sum i mod 16, then the sums folded in halves (8, 4, 2, 1). So a similarity is the same bits on every processor, alone or in a batch, and in
/// whatever shard its row lies.
/// </summary>
unsafe interface ISimilarityKernel
{
    /// <summary>All products of some rows and some queries.</summary>
    /// <param name="rows"><c>[count, width]</c>.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="width">Numbers of a row, a multiple of 16 except for the scalar kernel.</param>
    /// <param name="queries"><c>[queryCount, width]</c>.</param>
    /// <param name="queryCount">Number of queries.</param>
    /// <param name="products"><c>[queryCount, stride]</c>, of which the first <paramref name="count"/> of each row are written.</param>
    /// <param name="stride">Distance between the products of two queries.</param>
    void Multiply(float* rows, int count, int width, float* queries, int queryCount, float* products, int stride);
}
