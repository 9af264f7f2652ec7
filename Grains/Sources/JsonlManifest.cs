using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MplugCluster.Grains.Sources;

/// <summary>A manifest of one JSON object a line, in UTF-8.</summary>
static class JsonlManifest
{
    const int MaxLine = 1 << 20;

    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static async IAsyncEnumerable<ManifestRow> Read(SourceStream file, string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var number = 0L;
        var isTooLong = false;
        var reader = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: 64 << 10));
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var rest = read.Buffer;
            while (TryTakeLine(ref rest, read.IsCompleted, isTooLong, out var line))
            {
                if (Parse((++number).ToString(CultureInfo.InvariantCulture), line, isTooLong) is { } row)
                    yield return row;
                isTooLong = false;
            }

            if (read.IsCompleted)
                break;
            if (rest.Length > MaxLine)
                (isTooLong, rest) = (true, rest.Slice(rest.End));
            reader.AdvanceTo(rest.Start, rest.End);
        }

        await reader.CompleteAsync();
    }

    /// <summary>Takes the next line off; at the end of the file also one without a line feed, of which something may have been dropped before.</summary>
    static bool TryTakeLine(ref ReadOnlySequence<byte> rest, bool isEnd, bool isTooLong, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is { } feed)
        {
            line = rest.Slice(0, feed);
            rest = rest.Slice(rest.GetPosition(1, feed));
            return true;
        }

        line = rest;
        if (!isEnd || (rest.IsEmpty && !isTooLong))
            return false;
        rest = rest.Slice(rest.End);
        return true;
    }

    /// <summary>Null for an empty line.</summary>
    static ManifestRow? Parse(string place, ReadOnlySequence<byte> line, bool isTooLong)
    {
        if (isTooLong || line.Length > MaxLine)
            return ManifestRow.Broken(place, $"it has more than {MaxLine} bytes.");
        var bytes = line.ToArray().AsSpan().Trim(" \t\r"u8);
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes["\uFEFF"u8.Length..];
        if (bytes.IsEmpty)
            return null;
        try
        {
            return JsonNode.Parse(bytes, documentOptions: Strict) is JsonObject members
                ? ManifestRow.Of(place, members)
                : ManifestRow.Broken(place, "it is not a JSON object.");
        }
        catch (JsonException e)
        {
            return ManifestRow.Broken(place, $"it is not JSON: {e.Message}");
        }
    }
}
