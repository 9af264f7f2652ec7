namespace MplugCluster.Model.Inference;

/// <summary>One run of the pair scorer: G pictures, each with its texts' tokens in rows one behind another.</summary>
/// <param name="Rows">For each picture its group and the group's texts that are in this run.</param>
/// <param name="Images">Pictures that the run has places for; what those beyond the last hold is nobody's.</param>
/// <param name="TextsPerImage">Places for texts that each picture has; those beyond its last text repeat it.</param>
/// <param name="TokensPerImage">Rows for tokens that each picture has.</param>
/// <param name="Length">Tokens of the longest text, at least; to so many texts are padded where their tokens meet.</param>
/// <param name="Absorbed">Whether the form that never computes keys and values of the picture is less work.</param>
sealed record PairBatch(
    IReadOnlyList<(int Group, int[] Texts)> Rows, int Images, int TextsPerImage, int TokensPerImage, int Length, bool Absorbed);
