using MplugCluster.Cli.Pictures;
using MplugCluster.Gateway.Client;
using MplugCluster.Grains.Sources;

namespace MplugCluster.Cli.Index;

/// <summary>The lines of a listing, sent in parts as they come.</summary>
sealed class ListingUpload(MplugClient client)
{
    /// <summary>Bytes of a part: far below what a server takes as a blob.</summary>
    const int PartBytes = 512 * 1024;

    readonly List<string> parts = [];
    readonly MemoryStream part = new();

    /// <summary>Adds an item.</summary>
    public async Task Add(UploadedItem item, CancellationToken cancellation)
    {
        var line = UploadListing.LineOf(item);
        if (part.Length > 0 && part.Length + line.Length > PartBytes)
            await SendPart(cancellation);
        part.Write(line);
    }

    /// <summary>Sends what is left; the SHA-256 that an ingest names the listing by.</summary>
    public async Task<string> Finish(CancellationToken cancellation)
    {
        if (part.Length > 0)
            await SendPart(cancellation);
        return await Send(UploadListing.IndexOf(parts), cancellation);
    }

    async Task SendPart(CancellationToken cancellation)
    {
        // Repeated lines may make a part like one before, and an index names none twice; an empty line more is nothing to who reads it.
        while (parts.Contains(BlobUpload.HashOf(part.GetBuffer().AsSpan(0, (int)part.Length))))
            part.WriteByte((byte)'\n');
        parts.Add(await Send(part.ToArray(), cancellation));
        part.SetLength(0);
    }

    async Task<string> Send(byte[] content, CancellationToken cancellation)
    {
        var hash = BlobUpload.HashOf(content);
        return await BlobUpload.Send(client, hash, content, cancellation) is { } refused
            ? throw new SourceException($"The server does not take the listing of what was found: {refused.Message}")
            : hash;
    }
}
