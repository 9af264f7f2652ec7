using MplugCluster.Grains.Corpora.Kernels;

namespace MplugCluster.Cluster.Tests.Corpora;

/// <summary>The tests of searches once more in a process that is denied a part of what this processor can do.</summary>
public sealed class KernelFallbackTests
{
    [Theory]
    [InlineData("EnableAVX512", nameof(Avx2ByteKernel), nameof(FmaSimilarityKernel))]
    [InlineData("EnableHWIntrinsic", nameof(ScalarByteKernel), nameof(ScalarSimilarityKernel))]
    public async Task Search_ProcessorThatCanLess_SameResults(string setting, string byteKernel, string kernel)
    {
        if (!SimilarityKernels.Supported.Any(supported => supported.GetType().Name == kernel))
            Assert.Skip("This processor has none of what is to be taken away.");

        await LesserProcessor.Run(
            setting,
            $"{byteKernel} {kernel}",
            $"*.{nameof(SimilarityKernelTests)}.*",
            $"*.{nameof(EmbeddingShardTests)}.*",
            $"*.{nameof(Kernels_InThisProcess_AreTheExpected)}");
    }

    [Fact]
    public void Kernels_InThisProcess_AreTheExpected()
    {
        if (LesserProcessor.ExpectedKernels is { } expected)
            Assert.Equal(expected, $"{ByteKernels.Fastest.GetType().Name} {SimilarityKernels.Supported[0].GetType().Name}");
    }
}
