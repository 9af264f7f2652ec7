using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Answer to a <see cref="SearchRequest"/>.</summary>
/// <param name="Results">Best first.</param>
/// <param name="Candidates">Candidates that were to be reranked; 0 without reranking.</param>
/// <param name="Reranked">Candidates that were.</param>
/// <param name="ShardsAnswered">Shards that answered.</param>
/// <param name="ShardsTotal">Shards there are.</param>
/// <param name="Features">Where image features came from.</param>
/// <param name="TimingsMs">Where the time went.</param>
/// <param name="Explanation">How the query was understood, if that was asked for.</param>
public sealed record SearchResponse(
    IReadOnlyList<SearchResult> Results,
    int Candidates,
    int Reranked,
    int ShardsAnswered,
    int ShardsTotal,
    FeatureCounts Features,
    SearchTimings TimingsMs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SearchExplanation? Explanation = null);
