using MplugCluster.Model.Imaging.Headers;
using MplugCluster.Model.Imaging.Png;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>What the budget of frames is asked for, by what the codec library was seen to hold.</summary>
public sealed class PictureHeaderTests
{
    [Theory]
    [InlineData(PngSamples.Rgb, 8, false, 4)]
    [InlineData(PngSamples.Rgb, 8, true, 8)]
    [InlineData(PngSamples.Rgba, 16, true, 12)]
    [InlineData(PngSamples.Palette, 4, true, 5)]
    [InlineData(PngSamples.Grey, 1, true, 6)]
    internal void FrameBytes_Png_FrameAndPasses(PngSamples samples, int depth, bool interlaced, int pixelBytes)
    {
        var file = new MadePng { Width = 30, Height = 20, Samples = samples, Depth = depth, Interlaced = interlaced, Colours = 2 }.File();

        Assert.Equal(30 * 20 * pixelBytes, Header(file).FrameBytes);
    }

    [Theory]
    [InlineData("10_webp_lossy.webp", 4)]
    [InlineData("12_gif_animated.gif", 4)]
    [InlineData("11_bmp.bmp", 0)]
    public void FrameBytes_OtherFormats_WhatTheirCodecsHold(string name, int pixelBytes)
    {
        var header = Header(File.ReadAllBytes(Path.Combine(Repository.Golden("tiny-stride3"), "images", name)));

        Assert.Equal(header.Pixels * pixelBytes, header.FrameBytes);
    }

    [Fact]
    public void FrameBytes_LosslessWebP_Twice()
    {
        byte[] file = [.. "RIFF\0\0\0\0WEBPVP8L\0\0\0\0"u8, 0x2F, 29, 0xC0, 4, 0, 0, 0, 0, 0, 0];

        Assert.Equal((30, 20, 8 * 30 * 20), (Header(file).Width, Header(file).Height, Header(file).FrameBytes));
    }

    static PictureHeader Header(byte[] file) => PictureHeaderReader.TryRead(file, out var header, out var error)
        ? header
        : throw new InvalidOperationException(error.Reason);
}
