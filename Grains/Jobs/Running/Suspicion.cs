using System.Text.Json.Serialization;

namespace MplugCluster.Grains.Jobs.Running;

/// <summary>
/// The search for the item that kills silos: halves of a part are tried alone until single items are left. An item that takes a silo with it
/// twice, alone, is the culprit; a range that passes is cleared.
/// </summary>
sealed record Suspicion
{
    /// <summary>Losses of one lone item that make it the culprit.</summary>
    const int Proof = 2;

    /// <summary>Ranges <c>[from, to)</c> still to be tried, the last one next; null: the part's size is not known yet.</summary>
    public List<int[]>? Ranges { get; set; }

    /// <summary>Losses of the lone item that is next; of the part without its items, while its size is not known.</summary>
    public int LoneLosses { get; set; }

    /// <summary>Culprits found.</summary>
    public List<int> Poisoned { get; set; } = [];

    /// <summary>Whether the search is over: the part can run without the culprits.</summary>
    [JsonIgnore]
    public bool IsOver => Ranges is { Count: 0 };

    /// <summary>Whether the part kills even when none of its items is touched.</summary>
    [JsonIgnore]
    public bool IsHopeless => Ranges is null && LoneLosses >= Proof;

    /// <summary>The range to try next.</summary>
    [JsonIgnore]
    public (int From, int To) Next => Ranges is null ? (0, 0) : (Ranges[^1][0], Ranges[^1][1]);

    /// <summary>The next range did no harm.</summary>
    /// <param name="items">Items of the part.</param>
    public void Passed(int items)
    {
        LoneLosses = 0;
        if (Ranges is null)
            Ranges = items > 0 ? [[0, items]] : [];
        else
            Ranges.RemoveAt(Ranges.Count - 1);
    }

    /// <summary>The next range took a silo with it.</summary>
    public void Lost()
    {
        if (Ranges is null)
        {
            LoneLosses++;
            return;
        }

        var (from, to) = Next;
        if (to - from == 1 && ++LoneLosses < Proof)
            return;
        Ranges.RemoveAt(Ranges.Count - 1);
        LoneLosses = 0;
        if (to - from == 1)
        {
            Poisoned.Add(from);
            return;
        }

        var middle = (from + to) / 2;
        Ranges.Add([middle, to]);
        Ranges.Add([from, middle]);
    }
}
