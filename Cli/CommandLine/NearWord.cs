namespace MplugCluster.Cli.CommandLine;

/// <summary>Which of some words was meant by one that is none of them.</summary>
static class NearWord
{
    /// <summary>Letters of a beginning that says which word is meant.</summary>
    const int LeastBeginning = 3;

    /// <summary>
    /// The nearest: the only one that begins so, else one that differs in at most a third of its letters, where a letter too many, too few, another one
    /// and two exchanged count one each. Null if none is near, or several equally.
    /// </summary>
    public static string? Of(string word, IEnumerable<string> words)
    {
        string[] all = [.. words];
        if (word.Trim('-').Length >= LeastBeginning && all.Where(other => other.StartsWith(word, StringComparison.OrdinalIgnoreCase)).ToArray() is [var only])
            return only;
        var near = all.Select(other => (Word: other, Distance: Distance(word.ToLowerInvariant(), other)))
            .Where(other => 3 * other.Distance <= Math.Max(3, other.Word.Trim('-').Length)).OrderBy(other => other.Distance).ToArray();
        return near.Length == 1 || (near.Length > 1 && near[0].Distance < near[1].Distance) ? near[0].Word : null;
    }

    /// <summary>Changes that make one word of the other.</summary>
    static int Distance(string from, string to)
    {
        var costs = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
            costs[i, 0] = i;
        for (var j = 0; j <= to.Length; j++)
            costs[0, j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            for (var j = 1; j <= to.Length; j++)
            {
                var kept = costs[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                costs[i, j] = Math.Min(kept, 1 + Math.Min(costs[i - 1, j], costs[i, j - 1]));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    costs[i, j] = Math.Min(costs[i, j], costs[i - 2, j - 2] + 1);
            }
        }

        return costs[from.Length, to.Length];
    }
}
