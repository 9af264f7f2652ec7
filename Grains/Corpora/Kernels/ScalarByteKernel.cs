using static MplugCluster.Grains.Corpora.Kernels.ByteKernels;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>Plain C#: runs anywhere.</summary>
sealed unsafe class ScalarByteKernel : IByteKernel
{
    public void One(sbyte* rows, int blocks, int stride, short* query, int* products) => Multiply(rows, blocks, stride, query, 2, products);

    public void Eight(sbyte* rows, int blocks, int stride, short* queries, int* products, int productStride)
    {
        for (var query = 0; query < QueriesAtOnce; query++)
            Multiply(rows, blocks, stride, queries + 2 * query, 2 * QueriesAtOnce, products + (nint)query * productStride);
    }

    static void Multiply(sbyte* rows, int blocks, int stride, short* query, int next, int* products)
    {
        for (var block = 0; block < blocks; block++, products += RowsAtOnce)
        {
            new Span<int>(products, RowsAtOnce).Clear();
            for (var pair = 0; pair < stride / 2; pair++, rows += 2 * RowsAtOnce)
            {
                int first = query[pair * next], second = query[pair * next + 1];
                for (var row = 0; row < RowsAtOnce; row++)
                    products[row] += rows[2 * row] * first + rows[2 * row + 1] * second;
            }
        }
    }
}
