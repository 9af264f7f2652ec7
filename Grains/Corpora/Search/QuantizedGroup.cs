using MplugCluster.Grains.Corpora.Kernels;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>Queries that pass over the rows together: eight, or one alone.</summary>
sealed unsafe class QuantizedGroup
{
    /// <summary>So few are faster one by one than as eight with zeros.</summary>
    const int FewQueries = 4;

    readonly short[] numbers;

    QuantizedGroup(int first, QuantizedQuery[] queries)
    {
        (First, Queries) = (first, queries);
        numbers = queries.Length == 1 ? queries[0].Values : ByteKernels.Together([.. queries.Select(query => query.Values)]);
    }

    /// <summary>Number of the first of them among all.</summary>
    public int First { get; }

    public QuantizedQuery[] Queries { get; }

    public static QuantizedGroup[] Of(QuantizedQuery[] queries) => [.. queries.Chunk(ByteKernels.QueriesAtOnce).SelectMany((some, at) =>
        some.Length > FewQueries
            ? [new QuantizedGroup(at * ByteKernels.QueriesAtOnce, some)]
            : some.Select((query, i) => new QuantizedGroup(at * ByteKernels.QueriesAtOnce + i, [query])))];

    /// <summary>Multiplies some rows with each query.</summary>
    /// <param name="copy">The rows.</param>
    /// <param name="row">First row, a multiple of <see cref="ByteKernels.RowsAtOnce"/>.</param>
    /// <param name="count">Rows; products are written up to the next multiple.</param>
    /// <param name="products"><c>[8, productStride]</c>.</param>
    /// <param name="productStride">Products from one query to the next.</param>
    public void Multiply(QuantizedRows copy, int row, int count, int* products, int productStride)
    {
        var values = copy.Values + (long)row * copy.Stride;
        var blocks = (count + ByteKernels.RowsAtOnce - 1) / ByteKernels.RowsAtOnce;
        fixed (short* query = numbers)
        {
            if (Queries.Length == 1)
                ByteKernels.Fastest.One(values, blocks, copy.Stride, query, products);
            else
                ByteKernels.Fastest.Eight(values, blocks, copy.Stride, query, products, productStride);
        }
    }
}
