using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>
/// A picture of a job: as in any other request, or <c>{"source": "folder:/data", "path": "a.jpg"}</c>, which is read where it lies when its
/// turn comes.
/// </summary>
/// <param name="Picture">The picture, as in other requests.</param>
/// <param name="Source">Source that has it: <c>folder:/data</c>, <c>azure:container</c>.</param>
/// <param name="Path">Its path in the source.</param>
[JsonConverter(typeof(JobPictureConverter))]
public sealed record JobPicture(PictureInput? Picture, string? Source = null, string? Path = null)
{
    /// <summary>A picture of a source.</summary>
    public static JobPicture At(string source, string path) => new(null, source, path);

    /// <summary>A picture as in other requests.</summary>
    public static implicit operator JobPicture(PictureInput picture) => new(picture);
}
