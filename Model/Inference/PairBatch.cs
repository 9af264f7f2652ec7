namespace MplugCluster.Model.Inference;

/// <summary>One run of the pair scorer: G pictures with N texts each, texts padded to one length.</summary>
/// <param name="Rows">For each picture its group and the group's texts that are in this run; all rows have equally many.</param>
/// <param name="Length">Longest text, in tokens.</param>
/// <param name="Absorbed">Whether the form that never computes keys and values of the picture is less work.</param>
sealed record PairBatch(IReadOnlyList<(int Group, int[] Texts)> Rows, int Length, bool Absorbed)
{
    /// <summary>Texts per picture.</summary>
    public int TextsPerImage => Rows[0].Texts.Length;

    /// <summary>A place of the run: its group, and the number of the text there. Places beyond the last text repeat it.</summary>
    public (int Group, int Text) Text(int row, int place) => (Rows[row].Group, Rows[row].Texts[Math.Min(place, TextsPerImage - 1)]);
}
