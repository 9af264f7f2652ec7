using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Which pairs of a request's pictures and texts are scored.</summary>
[JsonConverter(typeof(PairSelectionConverter))]
public sealed record PairSelection
{
    PairSelection(bool zip, IReadOnlyList<(int Image, int Text)>? list) => (Zip, List) = (zip, list);

    /// <summary>Every picture with every text, pictures first.</summary>
    public static PairSelection All { get; } = new(false, null);

    /// <summary>The first picture with the first text, and so on.</summary>
    public static PairSelection Zipped { get; } = new(true, null);

    /// <summary>Whether it is <see cref="Zipped"/>.</summary>
    public bool Zip { get; }

    /// <summary>The pairs one by one; null for the other two.</summary>
    public IReadOnlyList<(int Image, int Text)>? List { get; }

    /// <summary>Just these pairs.</summary>
    public static PairSelection Of(IReadOnlyList<(int Image, int Text)> pairs) => new(false, pairs);
}
