using System.Runtime.Intrinsics;
using MplugCluster.Model.Onnx.Rows;

namespace MplugCluster.Model.Tests.Onnx.Rows;

public sealed unsafe class RowKernelsTests
{
    readonly Random random = new(11);

    public RowKernelsTests()
    {
        if (!RowKernels.IsSupported)
            Assert.Skip("This processor has no AVX-512.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(1024)]
    [InlineData(1029)]
    public void Round_AnyWidth_WholeStepsOfItsLargestMagnitude(int width)
    {
        var row = Numbers(width, 3);
        row[width / 2] = -5;
        var bytes = new byte[width + 1];
        bytes[width] = 77;

        var step = Round(row, bytes);

        Assert.Equal(5 * (1f / 127), step);
        Assert.Equal(row.Select(x => (byte)(128 + (int)MathF.Round(x / step, MidpointRounding.ToEven))), bytes[..width]);
        Assert.Equal(77, bytes[width]);
    }

    [Fact]
    public void Round_HalvesOfSteps_ToTheEvenOne()
    {
        var row = Numbers(20, 1);
        (row[0], row[1], row[2], row[17]) = (127, 2.5f, 3.5f, -0.5f);
        var bytes = new byte[20];

        Assert.Equal(127 * (1f / 127), Round(row, bytes));

        Assert.Equal([255, 130, 132, 128], new[] { bytes[0], bytes[1], bytes[2], bytes[17] });
    }

    [Fact]
    public void Round_NothingAtAll_ZerosAndAStepThatIsNone()
    {
        var bytes = new byte[40];

        Assert.True(Round(new float[40], bytes) > 0);

        Assert.All(bytes, found => Assert.Equal(128, found));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(39)]
    public void Round_WhatIsNoNumber_NoStep(int place)
    {
        var row = Numbers(40, 1);
        row[place] = float.NaN;

        Assert.True(float.IsNaN(Round(row, new byte[40])));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(37)]
    public void Restore_AnyWidth_ProductTimesStepPlusBias(int width)
    {
        float[] product = Numbers(width, 9000), bias = Numbers(width, 1), other = Numbers(width, 1), plain = new float[width], added = new float[width];

        fixed (float* p = product, b = bias, o = other, first = plain, second = added)
        {
            RowKernels.Restore(p, width, 0.01f, b, first);
            RowKernels.RestoreAdd(p, width, 0.01f, b, o, second);
        }

        for (var i = 0; i < width; i++)
        {
            var scaled = product[i] * 0.01f;
            var expected = scaled + bias[i];
            Assert.Equal((expected, other[i] + expected), (plain[i], added[i]));
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(75)]
    public void RestoreGeluRound_AnyWidth_AsTheStepsOneAfterTheOther(int width)
    {
        float[] product = Numbers(width, 300), bias = Numbers(width, 1), room = new float[width], row = new float[width];
        byte[] bytes = new byte[width], expected = new byte[width];
        float step;
        fixed (float* p = product, b = bias, r = room)
        fixed (byte* to = bytes)
            step = RowKernels.RestoreGeluRound(p, width, 0.01f, b, r, to);

        for (var i = 0; i < width; i++)
        {
            var scaled = product[i] * 0.01f;
            row[i] = RowKernels.QuickGelu(Vector512.Create(scaled + bias[i]))[0];
        }

        Assert.Equal(Round(row, expected), step);
        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void QuickGelu_AllSizes_CloseToTheDefinition()
    {
        for (var x = -60f; x <= 60; x += 0.0137f)
        {
            var expected = x / (1 + Math.Exp(-1.702 * x));
            Assert.Equal(expected, RowKernels.QuickGelu(Vector512.Create(x))[3], (3e-7 + 1.5e-7 * Math.Abs(x)) * Math.Abs(expected) + 2e-37);
        }
    }

    [Theory]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(1e30f, 1e30f)]
    [InlineData(-1e30f, 0)]
    [InlineData(0, 0)]
    [InlineData(float.NaN, float.NaN)]
    public void QuickGelu_Ends_WhatTheyGoTo(float x, float expected) => Assert.Equal(expected, RowKernels.QuickGelu(Vector512.Create(x))[0]);

    static float Round(float[] row, byte[] bytes)
    {
        fixed (float* numbers = row)
        fixed (byte* to = bytes)
            return RowKernels.Round(numbers, row.Length, to);
    }

    float[] Numbers(int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle() - 1) * scale)];
}
