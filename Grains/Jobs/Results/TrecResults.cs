using System.Globalization;
using System.Text;

namespace MplugCluster.Grains.Jobs.Results;

/// <summary>
/// A ranking as a TREC run. Tools order a run by its scores and not by its ranks, so the scores of a query fall strictly: a reranked row has its
/// ITM logit; the rows behind, which were not reranked, have their ITC similarity moved down to below the last logit (a query without any logit
/// has its similarities as they are); and a score that would not be lower than the one before is the next lower float32.
/// </summary>
static class TrecResults
{
    /// <summary>Greatest ITC similarity: a cosine.</summary>
    const float MaxSimilarity = 1;

    public static async Task Write(
        IReadOnlyList<ResultColumn> columns, IAsyncEnumerable<byte[]> blocks, Stream target, CancellationToken cancellation)
    {
        var (query, rank, id, itm, itc) = (Place("query"), Place("rank"), Place("id"), Place("itm_logit"), Place("itc_similarity"));
        var rows = new ResultRows(columns);
        var (lastQuery, last, lastLogit) = ((string?)null, float.PositiveInfinity, (float?)null);
        await foreach (var block in blocks.WithCancellation(cancellation))
        {
            var text = new StringBuilder();
            foreach (var row in rows.Read(block))
            {
                // The first rank counts too: two queries in a row may have the same id.
                if (row[query] != lastQuery || row[rank] == "1")
                    (lastQuery, last, lastLogit) = (row[query], float.PositiveInfinity, null);
                var score = Number(row[itm]) is { } logit ? (lastLogit = logit).Value
                    : lastLogit is { } floor ? floor - MaxSimilarity + (Number(row[itc]) ?? -MaxSimilarity)
                    : Number(row[itc]) ?? -MaxSimilarity;
                last = MathF.Min(score, MathF.BitDecrement(last));
                text.Append(CultureInfo.InvariantCulture, $"{Word(row[query])} Q0 {Word(row[id])} {row[rank]} {last} mplug\n");
            }

            await target.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellation);
        }

        int Place(string name) => columns.Index().First(column => column.Item.Name == name).Index;
    }

    static float? Number(string? value) => value is null ? null : float.Parse(value, CultureInfo.InvariantCulture);

    /// <summary>An id without white space: that, control characters and '%' itself are percent-encoded, so it can be had back.</summary>
    static string Word(string? id)
    {
        if (id is null || !id.Any(IsEscaped))
            return id ?? "";
        var word = new StringBuilder();
        foreach (var c in id)
            word.Append(IsEscaped(c) ? Uri.EscapeDataString(c.ToString()) : c.ToString());
        return word.ToString();
    }

    static bool IsEscaped(char c) => c == '%' || char.IsWhiteSpace(c) || char.IsControl(c);
}
