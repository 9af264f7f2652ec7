namespace MplugCluster.Training.Augmentation;

/// <summary>A piece of a picture, in pixels.</summary>
readonly record struct CropBox(int Left, int Top, int Width, int Height)
{
    const double MinArea = 0.5;
    const double MinRatio = 3.0 / 4;
    const double MaxRatio = 4.0 / 3;
    const int Tries = 10;

    /// <summary>A random piece of half to all of the area, and not too long.</summary>
    /// <remarks>Source: pytorch/vision torchvision/transforms/transforms.py RandomResizedCrop.get_params; scale as in AliceMind mPLUG dataset/__init__.py.</remarks>
    public static CropBox Choose(int width, int height, Random random)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var area = width * (double)height * (MinArea + (1 - MinArea) * random.NextDouble());
            var ratio = Math.Exp(Math.Log(MinRatio) + Math.Log(MaxRatio / MinRatio) * random.NextDouble());
            var (w, h) = ((int)Math.Round(Math.Sqrt(area * ratio)), (int)Math.Round(Math.Sqrt(area / ratio)));
            if (w > 0 && w <= width && h > 0 && h <= height)
                return new CropBox(random.Next(width - w + 1), random.Next(height - h + 1), w, h);
        }

        // A picture of extreme shape: the middle of it, as wide or high as a piece may be.
        var (right, down) = ((double)width / height) switch
        {
            < MinRatio => (width, (int)Math.Round(width / MinRatio)),
            > MaxRatio => ((int)Math.Round(height * MaxRatio), height),
            _ => (width, height),
        };
        right = Math.Clamp(right, 1, width);
        down = Math.Clamp(down, 1, height);
        return new CropBox((width - right) / 2, (height - down) / 2, right, down);
    }
}
