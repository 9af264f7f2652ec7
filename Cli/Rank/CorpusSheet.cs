using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Rank;

/// <summary>
/// Results of a corpus for a contact sheet. Its pictures lie wherever the server has them, so small ones are put into the page itself, which then can be
/// sent to anybody.
/// </summary>
sealed class CorpusSheet(MplugClient client, CommandTerminal terminal)
{
    /// <summary>Longer side of a picture in the page, in pixels.</summary>
    const int Side = 320;

    /// <summary>Pictures that are asked for at a time.</summary>
    const int AtOnce = 4;

    readonly Lock telling = new();

    /// <summary>Fetches the pictures; one that cannot be shown is told of, and its entry has none.</summary>
    public async Task<IReadOnlyList<SheetEntry>> Entries(string corpus, IReadOnlyList<SearchResult> results, CancellationToken cancellation)
    {
        var (entries, done) = (new SheetEntry[results.Count], 0);
        await terminal.Progress("Fetching pictures", results.Count, bar => Parallel.ForAsync(
            0,
            results.Count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (i, token) =>
            {
                entries[i] = new SheetEntry(results[i], results[i].Kind == "picture" ? await Picture(corpus, results[i].Id, token) : null);
                bar(Interlocked.Increment(ref done));
            }));
        return entries;
    }

    async Task<string?> Picture(string corpus, string id, CancellationToken cancellation)
    {
        try
        {
            return $"data:image/jpeg;base64,{Convert.ToBase64String(await client.Thumbnail(corpus, id, Side, cancellation))}";
        }
        catch (MplugApiException e) when (e.Problem.Status is 404 or 409 or 422)
        {
            lock (telling)
                terminal.Warn($"{id}: {e.Message}");
            return null;
        }
    }
}
