namespace MplugCluster.Grains.Jobs;

/// <summary>A rank job's wishes.</summary>
/// <param name="Top">Results per query.</param>
/// <param name="Candidates">Candidates by ITC similarity that are reranked; 0: none, order by ITC similarity.</param>
/// <param name="Items"><c>picture</c> or <c>text</c>: items to rank.</param>
/// <param name="Queries"><c>picture</c> or <c>text</c>: what all queries of the job are.</param>
/// <param name="Filter">Condition on the items' metadata, as JSON; null: none.</param>
public sealed record RankPlan(int Top, int Candidates, string Items, string Queries, string? Filter);
