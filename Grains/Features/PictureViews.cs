using System.Security.Cryptography;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Imaging;

namespace MplugCluster.Grains.Features;

/// <summary>Pictures for people to look at: their bytes, or a thumbnail made on the decode lane.</summary>
public sealed class PictureViews(PictureFiles files, PictureThumbnails thumbnails, Lane decodeLane)
{
    /// <summary>Guess of what a thumbnail takes, for the lane's refusals.</summary>
    const int ThumbnailMs = 10;

    /// <summary>A picture's bytes, which are those that were indexed; or why there are none.</summary>
    public async Task<PictureView> Original(PictureReference picture, CancellationToken cancellation)
    {
        var (content, error) = await files.Read(picture, cancellation);
        if (content is null)
            return new PictureView(null, null, error);
        var found = Convert.ToHexStringLower(SHA256.HashData(content));
        if (found != picture.ContentHash)
            return Failed("changed", $"The picture's bytes have the SHA-256 {found}, expected {picture.ContentHash}. Index its source again.");
        return PictureMediaTypes.Of(content) is { } mediaType
            ? new PictureView(content, mediaType, null)
            : Failed("unsupported", "The file is no picture that can be shown.");
    }

    /// <summary>A small picture, upright; or why there is none.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="side">Longest side in pixels, <see cref="PictureThumbnails.MinSide"/> to <see cref="PictureThumbnails.MaxSide"/>.</param>
    /// <param name="deadline">Until when.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<CallOutcome<PictureView>> Thumbnail(PictureReference picture, int side, Deadline deadline, CancellationToken cancellation)
    {
        var original = await Original(picture, cancellation);
        return original.Content is { } content
            ? await decodeLane.Run(() => Shrink(content, side, cancellation), ThumbnailMs, deadline, cancellation)
            : CallOutcomes.Done(original);
    }

    PictureView Shrink(byte[] content, int side, CancellationToken cancellation) =>
        thumbnails.TryMake(content, side, out var thumbnail, out var error, cancellation)
            ? new PictureView(thumbnail, PictureThumbnails.MediaType, null)
            : Failed(PictureErrors.Code(error.Code), error.Reason);

    static PictureView Failed(string code, string reason) => new(null, null, new ItemError(code, reason));
}
