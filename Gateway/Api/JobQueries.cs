using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Queries of a rank job: a list, or for a plan just how many.</summary>
/// <param name="List">The queries.</param>
/// <param name="Count">Their number, where there is no list.</param>
[JsonConverter(typeof(JobQueriesConverter))]
public sealed record JobQueries(IReadOnlyList<JobQueryInput>? List, long Count)
{
    /// <summary>Queries that are sent along.</summary>
    public static JobQueries Of(IReadOnlyList<JobQueryInput> queries) => new(queries, queries.Count);

    /// <summary>Queries that are only planned.</summary>
    public static JobQueries Of(long count) => new(null, count);
}
