namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>Plain C#: runs anywhere.</summary>
sealed unsafe class ScalarByteKernel : IByteKernel
{
    public void Multiply(sbyte* rows, int count, int stride, short* query, int* products)
    {
        for (var row = 0; row < count; row++, rows += stride)
        {
            var sum = 0;
            for (var i = 0; i < stride; i++)
                sum += rows[i] * query[i];
            products[row] = sum;
        }
    }
}
