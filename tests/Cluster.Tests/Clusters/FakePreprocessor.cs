using System.Diagnostics.CodeAnalysis;
using MplugCluster.Model.Imaging;

namespace MplugCluster.Cluster.Tests.Clusters;

/// <summary>Pixels are the file's bytes; a file that begins with '!' is damaged.</summary>
sealed class FakePreprocessor : IPicturePreprocessor
{
    public bool TryPreprocess(
        ReadOnlySpan<byte> file,
        bool applyOrientation,
        [NotNullWhen(true)] out float[]? pixels,
        [NotNullWhen(false)] out PictureError? error,
        CancellationToken cancellation = default)
    {
        (pixels, error) = file[0] == '!'
            ? ((float[]?)null, new PictureError(PictureErrorCode.Unreadable, "the file is damaged"))
            : ([.. file.ToArray().Select(b => (float)b)], null);
        return error is null;
    }
}
