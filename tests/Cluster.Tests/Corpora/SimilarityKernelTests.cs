using MplugCluster.Grains.Corpora.Kernels;

namespace MplugCluster.Cluster.Tests.Corpora;

public sealed unsafe class SimilarityKernelTests
{
    [Theory]
    [InlineData(16, 1, 1)]
    [InlineData(64, 7, 2)]
    [InlineData(256, 61, 11)]
    [InlineData(1040, 33, 64)]
    public void Multiply_EveryKernel_SameBitsAsTheScalarOne(int width, int count, int queries)
    {
        var random = new Random(width);
        float[] rows = Numbers(random, count * width), vectors = Numbers(random, queries * width);
        var expected = Run(SimilarityKernels.Supported[^1], rows, count, width, vectors, queries);

        foreach (var kernel in SimilarityKernels.Supported)
            Assert.Equal(expected, Run(kernel, rows, count, width, vectors, queries));
    }

    [Fact]
    public void Multiply_RowAndQueryAlone_SameBitsAsAmongOthers()
    {
        var random = new Random(7);
        float[] rows = Numbers(random, 30 * 128), vectors = Numbers(random, 9 * 128);
        foreach (var kernel in SimilarityKernels.Supported)
        {
            var together = Run(kernel, rows, 30, 128, vectors, 9);
            for (var i = 0; i < together.Length; i++)
                Assert.Equal(together[i], Run(kernel, rows[(i % 30 * 128)..][..128], 1, 128, vectors[(i / 30 * 128)..][..128], 1)[0]);
        }
    }

    [Theory]
    [InlineData(64, 1)]
    [InlineData(256, 13)]
    [InlineData(4096, 9)]
    public void Multiply_EveryByteKernel_ExactSums(int stride, int count)
    {
        var random = new Random(stride);
        var largest = (int)Math.Min(short.MaxValue, int.MaxValue / (127L * stride));
        var rows = Enumerable.Range(0, count * stride).Select(i => (sbyte)(i < stride ? 127 : random.Next(-127, 128))).ToArray();
        var query = Enumerable.Range(0, stride).Select(_ => (short)(count == 1 ? largest : random.Next(-largest, largest + 1))).ToArray();
        var expected = Enumerable.Range(0, count).Select(row => Enumerable.Range(0, stride).Sum(i => rows[row * stride + i] * query[i])).ToArray();

        foreach (var kernel in ByteKernels.Supported)
        {
            var products = new int[count];
            fixed (sbyte* row = rows)
            fixed (short* vector = query)
            fixed (int* result = products)
                kernel.Multiply(row, count, stride, vector, result);
            Assert.Equal(expected, products);
        }
    }

    static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];

    static float[] Run(ISimilarityKernel kernel, float[] rows, int count, int width, float[] vectors, int queries)
    {
        var products = new float[queries * count];
        fixed (float* row = rows, vector = vectors, result = products)
            kernel.Multiply(row, count, width, vector, queries, result, count);
        return products;
    }
}
