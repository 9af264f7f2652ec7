using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Score;

/// <summary>A row of a file of pairs.</summary>
/// <param name="Id">Its id, or the number of its line or row.</param>
/// <param name="Image">Path of the picture.</param>
/// <param name="Text">The text.</param>
/// <param name="Error">Why it is no pair.</param>
sealed record PairRow(string Id, string? Image, string? Text, ApiError? Error)
{
    /// <summary>A row of a table, in which something may be missing.</summary>
    public static PairRow Of(string id, string? image, string? text) => new(
        id, image, text, string.IsNullOrEmpty(image) || text is null ? new ApiError("invalid", "The row needs an image and a text.") : null);
}
