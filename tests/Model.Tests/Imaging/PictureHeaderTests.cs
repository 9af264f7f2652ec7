using MplugCluster.Model.Imaging;
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

    [Fact]
    public void Orientation_PngWithExif_IsReadBeforeAndBehindTheRows()
    {
        byte[] exif = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        var made = new MadePng { Width = 30, Height = 20 };
        byte[] before = (made with { Before = [("eXIf", exif)] }).File(), behind = (made with { After = [("eXIf", exif)] }).File();

        foreach (var file in new[] { before, behind })
        {
            Assert.Equal(6, Header(file).Orientation);
            Assert.True(new PicturePreprocessor(16).TryPreprocess(file, true, out var applied, out _));
            Assert.True(new PicturePreprocessor(16).TryPreprocess(file, false, out var stored, out _));
            Assert.NotEqual(applied, stored);
        }
    }

    static PictureHeader Header(byte[] file) => PictureHeaderReader.TryRead(file, out var header, out var error)
        ? header
        : throw new InvalidOperationException(error.Reason);
}
