using MplugCluster.Training.Augmentation;
using MplugCluster.Training.Data;

namespace MplugCluster.Training.Tests.Augmentation;

public sealed class AugmentationTests
{
    const int Side = 8;

    public static TheoryData<string> Operations => [.. RandomAugment.Names];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_OnAnyPicture_ChangesItTheSameWayAgain(string operation)
    {
        var (first, second) = (Noise(side: 32), Noise(side: 32));

        RandomAugment.Apply(operation, first, new Random(3));
        RandomAugment.Apply(operation, second, new Random(3));

        Assert.Equal(first.Pixels, second.Pixels);
        Assert.Equal(operation == "Identity", Noise(side: 32).Pixels.SequenceEqual(first.Pixels));
    }

    [Fact]
    public void Mirror_Row_IsReversed()
    {
        var image = Rising();

        image.Mirror();

        Assert.Equal(Rising().Pixels[0], image.Pixels[4 * (Side - 1)]);
    }

    [Fact]
    public void AutoContrast_NarrowRange_FillsAllOfIt()
    {
        var image = Rising(from: 50, step: 10);

        image.AutoContrast();

        Assert.Equal((0, 255), (image.Pixels[0], image.Pixels[4 * (Side - 1)]));
    }

    [Fact]
    public void Equalize_FewValues_AreSpread()
    {
        var image = Rising(side: 32, from: 100, step: 2);

        image.Equalize();

        Assert.True(image.Pixels[4 * 31] > 240);
        Assert.True(image.Pixels[0] < 10);
    }

    [Fact]
    public void Brightness_Factor_MultipliesAndStopsAtWhite()
    {
        var image = Rising(from: 100, step: 20);

        image.Brightness(1.36);

        Assert.Equal((136, 255), (image.Pixels[0], image.Pixels[4 * (Side - 1)]));
    }

    [Fact]
    public void Sharpness_FlatPicture_Stays()
    {
        var image = Rising(from: 90, step: 0);

        image.Sharpness(1.36);

        Assert.All(image.Pixels, value => Assert.True(value is 90 or 255));
    }

    [Fact]
    public void Warp_ByThreePixels_MovesAndFillsWithGrey()
    {
        var image = Rising(from: 0, step: 10);

        image.Warp(1, 0, 3, 0, 1, 0);

        Assert.Equal((128, 0, 10), (image.Pixels[0], image.Pixels[4 * 3], image.Pixels[4 * 4]));
    }

    [Fact]
    public void Rotate_ByAQuarterFourTimes_KeepsTheMiddle()
    {
        var image = Noise(side: 9);
        var middle = image.Pixels.AsSpan(4 * 40, 3).ToArray();

        for (var turn = 0; turn < 4; turn++)
            image.Warp(0, 1, 0, -1, 0, 8);

        Assert.Equal(middle, image.Pixels.AsSpan(4 * 40, 3).ToArray());
        Assert.Equal(Noise(side: 9).Pixels.Where((_, i) => i % 4 != 3), image.Pixels.Where((_, i) => i % 4 != 3));
    }

    [Theory]
    [InlineData(100, 80)]
    [InlineData(1000, 10)]
    [InlineData(10, 1000)]
    [InlineData(1, 1)]
    public void CropBox_AnyPicture_LiesWithin(int width, int height)
    {
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            var box = CropBox.Choose(width, height, random);
            Assert.True(box.Left >= 0 && box.Top >= 0 && box.Width > 0 && box.Height > 0 && box.Left + box.Width <= width && box.Top + box.Height <= height);
        }
    }

    [Fact]
    public void CropBox_UsualPicture_HalfToAllOfTheArea()
    {
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            var box = CropBox.Choose(200, 150, random);
            Assert.InRange(box.Width * box.Height / (200.0 * 150), 0.48, 1.0);
        }
    }

    [Fact]
    public void Load_SameSeedEpochAndItem_SamePixels()
    {
        var picture = Path.Combine(Repository.Golden("tiny-stride6"), "images", "06_png_rgb.png");
        var pictures = new AugmentedPictures(70, AugmentationKind.Reference, applyOrientation: true);
        float[] Load(int epoch, int item)
        {
            var pixels = new float[pictures.Size];
            pictures.Load(picture, StepRandom.Of(5, "picture", epoch, item), pixels);
            return pixels;
        }

        Assert.Equal(Load(1, 7), Load(1, 7));
        Assert.NotEqual(Load(1, 7), Load(2, 7));
        Assert.NotEqual(Load(1, 7), Load(1, 8));
    }

    [Fact]
    public void Load_WithoutAugmentation_WhatInferenceSees()
    {
        var picture = Path.Combine(Repository.Golden("tiny-stride6"), "images", "05_jpeg_exif6.jpg");
        var pictures = new AugmentedPictures(70, AugmentationKind.None, applyOrientation: true);
        var pixels = new float[pictures.Size];

        pictures.Load(picture, new Random(1), pixels);

        Assert.True(new Model.Imaging.PicturePreprocessor(70).TryPreprocess(File.ReadAllBytes(picture), true, out var expected, out _));
        Assert.Equal(expected, pixels);
    }

    [Fact]
    public void Load_BrokenPicture_SaysWhichAndWhy()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.png"), "no picture");
        var pictures = new AugmentedPictures(70, AugmentationKind.None, applyOrientation: true);

        var error = Assert.Throws<TrainingDataException>(() => pictures.Load(folder.File("a.png"), new Random(1), new float[pictures.Size]));

        Assert.Contains($"The picture '{folder.File("a.png")}' cannot be used", error.Message);
    }

    static AugmentedImage Noise(int side = Side)
    {
        var pixels = new byte[4 * side * side];
        new Random(2).NextBytes(pixels);
        return new AugmentedImage(side, [.. pixels.Select(value => (byte)(40 + value * value / 500))]);
    }

    /// <summary>Every row the same, rising from left to right.</summary>
    static AugmentedImage Rising(int side = Side, int from = 10, int step = 20) => new(
        side, [.. Enumerable.Range(0, side * side).SelectMany(i => (byte[])[(byte)(from + step * (i % side)), (byte)(from + step * (i % side)), (byte)(from + step * (i % side)), 255])]);
}
