using MplugCluster.Grains.Corpora.Kernels;

namespace MplugCluster.Cluster.Tests.Corpora;

public sealed unsafe class SimilarityKernelTests
{
    [Theory]
    [InlineData(16, 1, 1)]
    [InlineData(64, 7, 2)]
    [InlineData(256, 61, 11)]
    [InlineData(128, 24, 3)]
    [InlineData(128, 25, 5)]
    [InlineData(256, 50, 4)]
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
    [InlineData(16)]
    [InlineData(256)]
    [InlineData(1040)]
    public void Multiply_BatchKernel_SameBitsAsTheScalarOne(int width)
    {
        if (!Avx512BatchKernel.IsSupported)
            Assert.Skip("This processor has no AVX-512.");
        const int Rows = Avx512BatchKernel.Rows, Queries = Avx512BatchKernel.Queries;
        var random = new Random(width);
        float[] rows = Numbers(random, Rows * width), vectors = Numbers(random, Queries * width);
        var (arranged, products) = (new float[vectors.Length], new float[Rows * Queries]);

        fixed (float* row = rows, vector = vectors, turned = arranged, result = products)
        {
            Avx512BatchKernel.Arrange(vector, width, turned);
            Avx512BatchKernel.Multiply(row, width, turned, result);
        }

        var expected = Run(SimilarityKernels.Supported[^1], rows, Rows, width, vectors, Queries);
        for (var i = 0; i < products.Length; i++)
            Assert.Equal(expected[i % Queries * Rows + i / Queries], products[i]);
    }

    [Fact]
    public void NotBelow_BatchKernel_ThoseThatAreNotLessAndWhatIsNoNumber()
    {
        if (!Avx512BatchKernel.IsSupported)
            Assert.Skip("This processor has no AVX-512.");
        var (products, thresholds) = (new float[Avx512BatchKernel.Queries], new float[Avx512BatchKernel.Queries]);
        Array.Fill(thresholds, 0.5f);
        (products[3], products[17], products[40], products[63]) = (0.5f, 0.6f, float.NaN, 1);

        ulong some, none;
        fixed (float* product = products, threshold = thresholds)
        {
            some = Avx512BatchKernel.NotBelow(product, threshold);
            products.AsSpan().Clear();
            none = Avx512BatchKernel.NotBelow(product, threshold);
        }

        Assert.Equal((1UL << 3 | 1UL << 17 | 1UL << 40 | 1UL << 63, 0UL), (some, none));
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(64, 1)]
    [InlineData(256, 5)]
    [InlineData(260, 7)]
    [InlineData(4096, 3)]
    public void Multiply_EveryByteKernel_ExactSums(int stride, int blocks)
    {
        var random = new Random(stride);
        var count = blocks * ByteKernels.RowsAtOnce;
        var largest = (int)Math.Min(short.MaxValue, int.MaxValue / (127L * stride));
        var rows = Enumerable.Range(0, count).Select(row => Enumerable.Range(0, stride)
            .Select(_ => (sbyte)(row == 0 ? 127 : random.Next(-127, 128))).ToArray()).ToArray();
        var queries = Enumerable.Range(0, ByteKernels.QueriesAtOnce).Select(query => Enumerable.Range(0, stride)
            .Select(_ => (short)(query == 0 ? largest : random.Next(-largest, largest + 1))).ToArray()).ToArray();
        var expected = queries.Select(query => rows.Select(row => Enumerable.Range(0, stride).Sum(i => row[i] * query[i])).ToArray()).ToArray();
        var placed = new sbyte[count * stride];
        for (var row = 0; row < count; row++)
        {
            for (var i = 0; i < stride; i++)
                placed[ByteKernels.PlaceOf(row, i, stride)] = rows[row][i];
        }

        foreach (var kernel in ByteKernels.Supported)
        {
            var products = new int[queries.Length * (count + 3)];
            fixed (sbyte* row = placed)
            fixed (short* eight = ByteKernels.Together(queries))
            fixed (int* result = products)
            {
                kernel.Eight(row, blocks, stride, eight, result, count + 3);
                for (var i = 0; i < queries.Length; i++)
                    Assert.Equal(expected[i], products.AsSpan(i * (count + 3), count));
                products.AsSpan().Clear();
                fixed (short* query = queries[0])
                    kernel.One(row, blocks, stride, query, result);
                Assert.Equal(expected[0], products[..count]);
            }
        }
    }

    [Fact]
    public void Together_FewerThanEight_TheRestIsZero()
    {
        var packed = ByteKernels.Together([[1, 2, 3, 4], [5, 6, 7, 8]]);

        Assert.Equal([1, 2, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], packed);
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
