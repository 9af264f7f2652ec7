namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>
/// Inner products of rows of 8-bit numbers and queries of 16-bit numbers. They are exact, so every implementation gives the same. Rows lie in blocks
/// of sixteen: the first two numbers of each of them, then the next two, and so on. So a register's places are rows, and nothing is to be summed up
/// across a register.
/// </summary>
unsafe interface IByteKernel
{
    /// <summary>One query with some rows.</summary>
    /// <param name="rows">Blocks of <see cref="ByteKernels.RowsAtOnce"/> rows.</param>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="stride">Numbers of a row, a multiple of <see cref="ByteKernels.Step"/>; unused ones are zero.</param>
    /// <param name="query"><c>[stride]</c>; the products must fit 32 bits.</param>
    /// <param name="products"><c>[rows]</c>.</param>
    void One(sbyte* rows, int blocks, int stride, short* query, int* products);

    /// <summary>Eight queries with some rows.</summary>
    /// <param name="rows">Blocks of <see cref="ByteKernels.RowsAtOnce"/> rows.</param>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="stride">Numbers of a row, a multiple of <see cref="ByteKernels.Step"/>; unused ones are zero.</param>
    /// <param name="queries">The first two numbers of each query, then the next two, and so on; the products must fit 32 bits.</param>
    /// <param name="products"><c>[8, productStride]</c>: a query's products with all rows.</param>
    /// <param name="productStride">Products from one query to the next.</param>
    void Eight(sbyte* rows, int blocks, int stride, short* queries, int* products, int productStride);
}
