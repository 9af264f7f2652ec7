using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>One value or a list of values; an answer has the same form as the question.</summary>
/// <param name="Values">The values.</param>
/// <param name="Single">Whether it was one value, not a list of one.</param>
[JsonConverter(typeof(OneOrManyConverter))]
public sealed record OneOrMany<T>(IReadOnlyList<T> Values, bool Single)
{
    /// <summary>One value.</summary>
    public static implicit operator OneOrMany<T>(T value) => new([value], true);

    /// <summary>A list.</summary>
    public static implicit operator OneOrMany<T>(T[] values) => new(values, false);
}
