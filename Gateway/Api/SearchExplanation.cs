namespace MplugCluster.Gateway.Api;

/// <summary>How a search was understood and what became of it.</summary>
/// <param name="Fingerprint">Package that prepared and scored it.</param>
/// <param name="Convention">How its query was prepared.</param>
/// <param name="TokenIds">Tokens of a text that the model read; what comes after its convention's length is not among them. Null for a picture.</param>
/// <param name="ItemsSearched">Kind of the items it looked among: <c>picture</c> or <c>text</c>.</param>
/// <param name="CorpusVersion">Version of the corpus.</param>
/// <param name="Depth">Matches that each shard was asked for.</param>
/// <param name="Found">Matches of all shards together, before candidates were chosen.</param>
/// <param name="LeftOut">Results that <c>min_probability</c> and <c>relative_cutoff</c> left out.</param>
/// <param name="BudgetMs">Time that the answer had, in milliseconds.</param>
/// <param name="BudgetLeftMs">What was left of it, in milliseconds; with 0 some candidates may not have been reranked.</param>
public sealed record SearchExplanation(
    string Fingerprint,
    string Convention,
    IReadOnlyList<int>? TokenIds,
    string ItemsSearched,
    long CorpusVersion,
    int Depth,
    int Found,
    int LeftOut,
    int BudgetMs,
    int BudgetLeftMs);
