using System.Diagnostics.CodeAnalysis;

namespace MplugCluster.Model.Imaging;

/// <summary>From a picture file's bytes to the image encoder's input. Thread-safe.</summary>
public interface IPicturePreprocessor
{
    /// <summary>Decodes, resizes and normalises one picture exactly as the reference does.</summary>
    /// <param name="file">The file's bytes; its name is never trusted.</param>
    /// <param name="applyOrientation">EXIF orientation: applied (ModelScope) or ignored (AliceMind).</param>
    /// <param name="pixels">Normalised pixels <c>[3, R, R]</c> when it succeeds.</param>
    /// <param name="error">Why not, when it does not.</param>
    /// <param name="cancellation">Checked between strips of rows.</param>
    bool TryPreprocess(
        ReadOnlySpan<byte> file,
        bool applyOrientation,
        [NotNullWhen(true)] out float[]? pixels,
        [NotNullWhen(false)] out PictureError? error,
        CancellationToken cancellation = default);

    /// <summary>
    /// Hands an array of <see cref="TryPreprocess"/> back, to be filled with a later picture. Not required; who does it must not touch the array any more.
    /// </summary>
    /// <param name="pixels">The array.</param>
    void Recycle(float[] pixels)
    {
        // One that makes new arrays has no use for old ones.
    }
}
