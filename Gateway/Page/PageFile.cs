using System.Security.Cryptography;

namespace MplugCluster.Gateway.Page;

/// <summary>One file of the page.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Etag">Changes with the bytes.</param>
sealed record PageFile(byte[] Content, string MediaType, string Etag)
{
    public static PageFile Of(string name, byte[] content) => new(
        content,
        Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"'{name}': files of the page do not end in '{other}'."),
        },
        $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
}
