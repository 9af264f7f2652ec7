namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/rerank</c> and <c>/v2/rerank</c>, in the shape of Cohere and Jina; texts and pictures may be mixed.</summary>
public sealed record RerankRequest
{
    /// <summary>The query: a text, <c>{"text": ...}</c> or <c>{"image": ...}</c>.</summary>
    public required EmbeddingInput Query { get; init; }

    /// <summary>1 to 10,000 documents: texts, <c>{"text": ...}</c> or <c>{"image": ...}</c>.</summary>
    public required IReadOnlyList<EmbeddingInput> Documents { get; init; }

    /// <summary>A model's id as <c>/v1/models</c> lists it. Default: the one that is served.</summary>
    public string? Model { get; init; }

    /// <summary>Best documents wanted; more than there are gives all. Default: all.</summary>
    public int? TopN { get; init; }

    /// <summary>Whether results repeat their documents; a picture that was sent along comes back as its blob. Default: no.</summary>
    public bool ReturnDocuments { get; init; }

    /// <summary><c>ms25</c> or <c>am30</c>. Default: the package's.</summary>
    public string? Convention { get; init; }

    /// <summary>Time for the answer, in milliseconds. Default: 120,000, at most 240,000.</summary>
    public int? BudgetMs { get; init; }

    /// <summary>Taken for Cohere's clients' sake, and ignored: the convention says how much of a text is read.</summary>
    public int? MaxTokensPerDoc { get; init; }

    /// <summary>Taken for Cohere's clients' sake, and ignored.</summary>
    public int? MaxChunksPerDoc { get; init; }

    /// <summary>Taken for Cohere's clients' sake, and ignored.</summary>
    public int? Priority { get; init; }

    /// <summary>Taken for Jina's clients' sake, and ignored: the convention says how much of a text is read.</summary>
    public bool? Truncation { get; init; }

    /// <summary>Taken for Infinity's clients' sake, and ignored: every result has its logit or similarity.</summary>
    public bool? RawScores { get; init; }
}
