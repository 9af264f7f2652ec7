namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/embeddings</c>, in OpenAI's shape; texts and pictures may be mixed.</summary>
public sealed record EmbeddingRequest
{
    /// <summary>At most 2,048 inputs.</summary>
    public required OneOrMany<EmbeddingInput> Input { get; init; }

    /// <summary>A model's id as <c>/v1/models</c> lists it. Default: the one that is served.</summary>
    public string? Model { get; init; }

    /// <summary><c>float</c> or <c>base64</c> (little-endian float32). Default: <c>float</c>.</summary>
    public string EncodingFormat { get; init; } = "float";

    /// <summary>If given, must be the length that the model's embeddings have; they cannot be shortened. Default: that.</summary>
    public int? Dimensions { get; init; }

    /// <summary><c>ms25</c> or <c>am30</c>. Default: the package's.</summary>
    public string? Convention { get; init; }

    /// <summary>Time for the answer, in milliseconds. Default: 120,000, at most 240,000.</summary>
    public int? BudgetMs { get; init; }

    /// <summary>
    /// Whether a list is answered when some of its inputs fail: these have an empty embedding and an <c>error</c> of their own. If false, any that fails ends
    /// the request with a problem that lists all of them. An input that is alone always ends it. Default: true.
    /// </summary>
    public bool AllowPartial { get; init; } = true;

    /// <summary>Taken for OpenAI's clients' sake, and ignored.</summary>
    public string? User { get; init; }
}
