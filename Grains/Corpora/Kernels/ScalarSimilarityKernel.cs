using static MplugCluster.Grains.Corpora.Kernels.SimilarityKernels;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>Plain C#: runs anywhere, takes any width, and says what the others compute.</summary>
sealed unsafe class ScalarSimilarityKernel : ISimilarityKernel
{
    public void Multiply(float* rows, int count, int width, float* queries, int queryCount, float* products, int stride)
    {
        for (var query = 0; query < queryCount; query++)
        {
            for (var row = 0; row < count; row++)
                products[(nint)query * stride + row] = Product(rows + (nint)row * width, queries + (nint)query * width, width);
        }
    }

    static float Product(float* row, float* query, int width)
    {
        var sums = stackalloc float[Lanes];
        for (var i = 0; i < width; i++)
            sums[i % Lanes] = MathF.FusedMultiplyAdd(row[i], query[i], sums[i % Lanes]);
        for (var half = Lanes / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
                sums[i] += sums[i + half];
        }

        return sums[0];
    }
}
