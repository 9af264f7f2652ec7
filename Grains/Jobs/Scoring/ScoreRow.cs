namespace MplugCluster.Grains.Jobs.Scoring;

/// <summary>A row of a score job's results; <see cref="ResultColumns"/> has the columns.</summary>
sealed record ScoreRow(string Id, string? Image, string? Text, float ItmLogit, float ItmProbability, float ItcSimilarity);
