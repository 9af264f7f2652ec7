using MplugCluster.Model.Imaging.Jpeg;
using MplugCluster.Model.Imaging.Resizing;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>The tests of pictures once more in a process that is denied a part of what this processor can do.</summary>
public sealed class ProcessorFallbackTests
{
    [Theory]
    [InlineData("EnableAVX2")]
    [InlineData("EnableHWIntrinsic")]
    public async Task Pictures_ProcessorThatCanLess_SamePixels(string setting)
    {
        Assert.SkipUnless(ResampleKernels.Fastest is Avx2Kernel, "this processor has none of what is to be taken away");

        await LesserProcessor.Run(
            setting,
            nameof(ScalarKernel),
            $"*.{nameof(GoldenPictureTests)}.*",
            $"*.{nameof(PlainJpegTests)}.*",
            $"*.{nameof(PlainPngTests)}.{nameof(PlainPngTests.TryDecode_EveryKindInEverySize_SamePixels)}",
            $"*.{nameof(ChannelNormalizationTests)}.*",
            $"*.{nameof(PillowBicubicTests)}.{nameof(PillowBicubicTests.Resize_PillowVectors_SameBytes)}",
            $"*.{nameof(Kernel_InThisProcess_IsTheExpected)}");
    }

    [Fact]
    public void Kernel_InThisProcess_IsTheExpected()
    {
        if (LesserProcessor.ExpectedKernels is not { } expected)
            return;
        Assert.Equal(expected, ResampleKernels.Fastest.GetType().Name);
        Assert.False(PlainJpeg.IsSupported);
    }
}
