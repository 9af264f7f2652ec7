using System.Text.Json;

namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/corpora/{name}/search</c>: a text or a picture as query.</summary>
public sealed record SearchRequest
{
    /// <summary>The query, as a text.</summary>
    public string? Text { get; init; }

    /// <summary>The query, as a picture.</summary>
    public PictureInput? Image { get; init; }

    /// <summary>Results wanted, 1 to 1,000. Default: 10.</summary>
    public int Top { get; init; } = 10;

    /// <summary>Candidates by ITC similarity that are reranked, 1 to 10,000. Default: the package's (published: 256).</summary>
    public int? Candidates { get; init; }

    /// <summary>
    /// Whether candidates are ordered by ITM logit. Default: yes, where query and items are a picture and a text; there is no ITM between two
    /// pictures or two texts, and asking for it is an error.
    /// </summary>
    public bool? Rerank { get; init; }

    /// <summary><c>picture</c> or <c>text</c>. Default: the other kind than the query, or the same where the corpus has no other.</summary>
    public string? Kind { get; init; }

    /// <summary>
    /// Condition on the items' metadata, applied before the best are chosen: each field a value, or an object of <c>eq</c>, <c>in</c>, <c>gt</c>,
    /// <c>gte</c>, <c>lt</c>, <c>lte</c>; all must hold. Default: none.
    /// </summary>
    public JsonElement? Filter { get; init; }

    /// <summary>If given, must be the corpus's own.</summary>
    public string? Convention { get; init; }

    /// <summary>
    /// Time for the answer, in milliseconds. Default: 30,000. When it ends during reranking, the answer says how many candidates were reranked.
    /// </summary>
    public int? BudgetMs { get; init; }

    /// <summary>
    /// Results below this ITM probability are left out, 0 to 1, and so are those that were not reranked. An error where nothing is reranked.
    /// Default: none is.
    /// </summary>
    public double? MinProbability { get; init; }

    /// <summary>
    /// Results below this share of the best one's number are left out, 0 to 1: of its ITM probability, or where nothing is reranked of its ITC
    /// similarity. Default: none is.
    /// </summary>
    public double? RelativeCutoff { get; init; }

    /// <summary>Whether the answer also says how the query was understood and what became of it. Default: no.</summary>
    public bool Explain { get; init; }

    /// <summary>Whether an answer without some shards is welcome. Default: no.</summary>
    public bool AllowPartial { get; init; }
}
