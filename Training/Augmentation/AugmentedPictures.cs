using MplugCluster.Model.Imaging;
using MplugCluster.Model.Imaging.Resizing;
using MplugCluster.Training.Data;

namespace MplugCluster.Training.Augmentation;

/// <summary>From a picture file to the image encoder's input, changed at random. Thread-safe.</summary>
/// <param name="resolution">Side of the result in pixels.</param>
/// <param name="kind">What is changed.</param>
/// <param name="applyOrientation">Whether pictures are turned as their EXIF data say.</param>
/// <remarks>Source: AliceMind mPLUG dataset/__init__.py train_transform.</remarks>
sealed class AugmentedPictures(int resolution, AugmentationKind kind, bool applyOrientation)
{
    readonly PicturePreprocessor preprocessor = new(resolution);

    /// <summary>Numbers of one picture: <c>3 * R * R</c>.</summary>
    public int Size => 3 * resolution * resolution;

    /// <summary>Loads a picture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="random">What decides; the same numbers give the same pixels.</param>
    /// <param name="pixels">Normalised pixels <c>[3, R, R]</c>.</param>
    /// <exception cref="TrainingDataException">The file cannot be read or decoded.</exception>
    public void Load(string path, Random random, Span<float> pixels)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingDataException($"The picture '{path}' cannot be read: {e.Message}");
        }

        if (!preprocessor.TryDecode(file, out var picture, out var error))
            throw new TrainingDataException($"The picture '{path}' cannot be used: {error.Code.ToString().ToLowerInvariant()}: {error.Reason}");
        var piece = kind == AugmentationKind.Reference
            ? CropBox.Choose(picture.Width, picture.Height, random)
            : new CropBox(0, 0, picture.Width, picture.Height);
        var image = new AugmentedImage(resolution, Resized(picture, piece));
        if (kind == AugmentationKind.Reference)
        {
            if (random.Next(2) == 1)
                image.Mirror();
            RandomAugment.Apply(image, random);
        }
        else if (kind == AugmentationKind.Light)
        {
            image.Brightness(0.8 + 0.4 * random.NextDouble());
            image.Sharpness(0.7 + 0.6 * random.NextDouble());
        }

        ChannelNormalization.Apply(image.Pixels, pixels);
    }

    byte[] Resized(DecodedPicture picture, CropBox piece)
    {
        using var resizer = new PillowBicubic(resolution, PictureOrientation.FromExif(applyOrientation ? picture.Orientation : 1));
        resizer.Begin(piece.Width, piece.Height, bottomUp: false);
        for (var row = piece.Top; row < piece.Top + piece.Height; row++)
            resizer.Push(picture.Pixels.AsSpan(4 * (row * picture.Width + piece.Left), 4 * piece.Width));
        return resizer.Pixels.ToArray();
    }
}
