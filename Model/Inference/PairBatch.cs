namespace MplugCluster.Model.Inference;

/// <summary>One run of the pair scorer: G pictures with N texts each, texts padded to one length.</summary>
/// <param name="Rows">For each picture its group and the group's texts that are in this run; all rows have equally many.</param>
/// <param name="Length">Longest text, in tokens.</param>
sealed record PairBatch(IReadOnlyList<(int Group, int[] Texts)> Rows, int Length)
{
    /// <summary>Texts per picture.</summary>
    public int TextsPerImage => Rows[0].Texts.Length;
}
