using System.Runtime.InteropServices;
using MplugCluster.Model.Imaging;

namespace MplugCluster.Model.Tests.Imaging;

public sealed class ChannelNormalizationTests
{
    [Theory]
    [InlineData(256)]
    [InlineData(263)]
    [InlineData(5)]
    public void Apply_EveryByteInEveryChannel_SameBitsAsTheTables(int pixels)
    {
        var bytes = new byte[4 * pixels];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i / 4 + 85 * (i % 4));
        var (planes, expected) = (new float[3 * pixels], new float[3 * pixels]);

        ChannelNormalization.Apply(bytes, planes);
        ChannelNormalization.ApplyTables(bytes, expected.AsSpan(0, pixels), expected.AsSpan(pixels, pixels), expected.AsSpan(2 * pixels, pixels));

        Assert.Equal(MemoryMarshal.Cast<float, int>(expected), MemoryMarshal.Cast<float, int>(planes));
    }

    [Fact]
    public void ApplyTables_BlackAndWhite_AsTheReferenceNormalizes()
    {
        var (red, green, blue) = (new float[2], new float[2], new float[2]);

        ChannelNormalization.ApplyTables([0, 0, 0, 9, 255, 255, 255, 9], red, green, blue);

        Assert.Equal([(0 - 0.48145466f) / 0.26862954f, (1 - 0.48145466f) / 0.26862954f], red);
        Assert.Equal([(0 - 0.4578275f) / 0.26130258f, (1 - 0.4578275f) / 0.26130258f], green);
        Assert.Equal([(0 - 0.40821073f) / 0.27577711f, (1 - 0.40821073f) / 0.27577711f], blue);
    }
}
