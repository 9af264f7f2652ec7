using System.Text.Json;
using MplugCluster.Cli.Pictures;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Score;

/// <summary>Scores a file of pairs block by block: lines in, lines out, in the same order; a bad line has its error and stops nothing.</summary>
/// <param name="client">The cluster.</param>
/// <param name="folder">What picture paths are relative to.</param>
/// <param name="convention">How texts and pictures are prepared; null for the package's way.</param>
sealed class PairFile(MplugClient client, string folder, string? convention)
{
    /// <summary>A block ends where either is reached: seconds of encoding and scoring for the published model on a processor.</summary>
    const int LinesPerBlock = 512, PicturesPerBlock = 32;

    readonly PictureUploads uploads = new(client, mayInline: true);

    /// <summary>Pairs that have their scores.</summary>
    public int Scored { get; private set; }

    /// <summary>Lines that have an error.</summary>
    public int Failed { get; private set; }

    /// <summary>Where image features came from.</summary>
    public FeatureCounts Features { get; private set; } = new(0, 0, 0);

    /// <summary>Scores lines.</summary>
    /// <param name="lines">The file's lines; empty ones are passed over.</param>
    /// <param name="writer">Gets one line for each.</param>
    /// <param name="progress">Told how many lines are done.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    public async Task Score(IReadOnlyList<string> lines, TextWriter writer, Action<long> progress, CancellationToken cancellation)
    {
        var done = 0;
        foreach (var block in Blocks(lines))
        {
            var results = await ScoreBlock([.. block.Where(line => line is not null).Select(line => line!)], cancellation);
            foreach (var result in results)
                await writer.WriteLineAsync(JsonSerializer.Serialize(result, ApiJson.Options));
            await writer.FlushAsync(cancellation);
            Scored += results.Count(result => result.Error is null);
            Failed += results.Count(result => result.Error is not null);
            progress(done += block.Count);
        }
    }

    /// <summary>Lines in order, cut into blocks; null for an empty line.</summary>
    static IEnumerable<List<PairLine?>> Blocks(IReadOnlyList<string> lines)
    {
        var (block, pictures) = (new List<PairLine?>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var line in lines)
        {
            var parsed = string.IsNullOrWhiteSpace(line) ? null : PairLine.Parse(line);
            block.Add(parsed);
            if (parsed?.Image is not null)
                pictures.Add(parsed.Image);
            if (block.Count < LinesPerBlock && pictures.Count < PicturesPerBlock)
                continue;
            yield return block;
            (block, pictures) = ([], new HashSet<string>(StringComparer.Ordinal));
        }

        if (block.Count > 0)
            yield return block;
    }

    async Task<PairLine[]> ScoreBlock(PairLine[] lines, CancellationToken cancellation)
    {
        var (images, texts, pairs, places) = (new List<PictureInput>(), new List<string>(), new List<(int, int)>(), new List<int>());
        var inside = 0L;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Error is not null)
                continue;
            var (picture, error) = await uploads.Upload(Path.Combine(folder, lines[i].Image!), cancellation);
            if (error is not null)
            {
                lines[i] = lines[i] with { Error = error };
                continue;
            }

            var bytes = images.Contains(picture!) ? 0 : picture!.Data?.Length ?? 0;
            if (inside + bytes > PictureUploads.InlinePerRequest)
            {
                await Send();
                inside = 0;
            }

            inside += bytes;
            pairs.Add((NumberOf(images, picture!), NumberOf(texts, lines[i].Text!)));
            places.Add(i);
        }

        await Send();
        return lines;

        async Task Send()
        {
            if (pairs.Count == 0)
                return;
            var scored = await client.Score(
                new RetrievalRequest { Image = images.ToArray(), Text = texts.ToArray(), Pairs = PairSelection.Of(pairs), Convention = convention },
                cancellation);
            Features += scored.Features;
            foreach (var (place, pair) in places.Zip(scored.Data!))
                lines[place] = lines[place].With(pair);
            (images, texts, pairs, places) = ([], [], [], []);
        }
    }

    static int NumberOf<T>(List<T> values, T value)
    {
        var number = values.IndexOf(value);
        if (number < 0)
            values.Add(value);
        return number < 0 ? values.Count - 1 : number;
    }
}
