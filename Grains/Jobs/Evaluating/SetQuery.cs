namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>A picture or caption as query, with its candidates, best first by ITC similarity.</summary>
sealed record SetQuery(int Number, int[] Candidates);
