using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Inference;

public sealed class ImageTokensTests
{
    static readonly float[] Numbers =
        [.. Enumerable.Range(0, 1000).Select(i => (i - 500) / 37f), 0, -0f, 1 + 1 / 2048f, 1 + 3 / 2048f, 1e-8f, 6e-8f, 65504, float.NaN, float.PositiveInfinity];

    [Fact]
    public void Rounded_Fp16_EveryNumberToTheNearestHalf()
    {
        var tokens = ImageTokens.Rounded(Numbers, FeaturePrecision.Fp16);

        Assert.Equal((FeaturePrecision.Fp16, Numbers.Length, 2 * Numbers.Length), (tokens.Precision, tokens.Count, tokens.Bytes.Length));
        Assert.Equal(Numbers.Select(number => (float)(Half)number), tokens.ToSingles());
    }

    [Fact]
    public void Rounded_Fp32_EveryBit()
    {
        var tokens = ImageTokens.Rounded(Numbers, FeaturePrecision.Fp32);

        Assert.Equal((FeaturePrecision.Fp32, Numbers.Length, 4 * Numbers.Length), (tokens.Precision, tokens.Count, tokens.Bytes.Length));
        Assert.Equal(Numbers.Select(BitConverter.SingleToInt32Bits), tokens.ToSingles().Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData(FeaturePrecision.Fp32)]
    [InlineData(FeaturePrecision.Fp16)]
    public void Rounded_WidenedAndRoundedAgainOrKept_SameBytes(FeaturePrecision precision)
    {
        var tokens = ImageTokens.Rounded(Numbers, precision);

        Assert.Equal(tokens.Bytes, ImageTokens.Rounded(tokens.ToSingles(), precision).Bytes);
        Assert.Equal(tokens.Bytes, ImageTokens.FromBytes(tokens.Bytes, precision).Bytes);
    }
}
