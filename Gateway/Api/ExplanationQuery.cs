namespace MplugCluster.Gateway.Api;

/// <summary>
/// <c>POST /v1/explain</c>: what each word of a text attends to in a picture. The pair is a corpus's item and a text, or a picture and a text, or a
/// picture and a corpus's item that is a text.
/// </summary>
public sealed record ExplanationQuery
{
    /// <summary>Name of the corpus that <see cref="Item"/> is in.</summary>
    public string? Corpus { get; init; }

    /// <summary>Id of an item.</summary>
    public string? Item { get; init; }

    /// <summary>The picture, where it is no item.</summary>
    public PictureInput? Image { get; init; }

    /// <summary>The text, where it is no item.</summary>
    public string? Text { get; init; }

    /// <summary>Fusion layer, counted from 0. Default: the middle one.</summary>
    public int? Layer { get; init; }

    /// <summary>Whether the answer has every token as the model reads it, <c>[CLS]</c> and word pieces (<c>##s</c>) too. Default: words.</summary>
    public bool Pieces { get; init; }

    /// <summary><c>ms25</c> or <c>am30</c>. Default: the corpus's, else the package's.</summary>
    public string? Convention { get; init; }

    /// <summary>Time for the answer, in milliseconds. Default: 30,000, at most 240,000.</summary>
    public int? BudgetMs { get; init; }
}
