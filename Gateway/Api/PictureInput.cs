using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>
/// A picture in a request: <c>{"blob": "sha-256"}</c> of an uploaded one, or a string: a data URI, its bytes as base64, or the URL of one,
/// which only a server fetches that has been told the hosts it may ask.
/// </summary>
[JsonConverter(typeof(PictureInputConverter))]
public sealed record PictureInput
{
    PictureInput()
    {
    }

    /// <summary>SHA-256 of an uploaded picture, lower-case hex.</summary>
    public string? Blob { get; private init; }

    /// <summary>The picture itself.</summary>
    public byte[]? Data { get; private init; }

    /// <summary>Where it would have to be fetched.</summary>
    public string? Url { get; private init; }

    /// <summary>Why it is none at all; an error of the item, so that the others of a list go on.</summary>
    internal string? Fault { get; private init; }

    /// <summary>An uploaded picture.</summary>
    public static PictureInput OfBlob(string sha256) => new() { Blob = sha256 };

    /// <summary>A picture that travels in the request.</summary>
    public static PictureInput OfData(byte[] data) => new() { Data = data };

    internal static PictureInput Malformed(string fault) => new() { Fault = fault };

    internal static PictureInput OfUrl(string url) => new() { Url = url };
}
