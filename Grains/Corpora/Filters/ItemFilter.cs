using System.Text.Json;

namespace MplugCluster.Grains.Corpora.Filters;

/// <summary>
/// A condition on items' metadata, as <c>{"year": {"gte": 2010, "lt": 2020}, "license": "cc", "tag": {"in": ["a", "b"]}}</c>: every field must
/// hold. A field holds if it equals the value, or fits every one of <c>eq</c>, <c>in</c>, <c>gt</c>, <c>gte</c>, <c>lt</c>, <c>lte</c>; an item
/// that lacks the field does not match. Numbers compare with numbers, texts with texts, by ordinal order.
/// </summary>
public sealed class ItemFilter : IEquatable<ItemFilter>
{
    readonly FieldCondition[] conditions;
    readonly string text;

    ItemFilter(string text, FieldCondition[] conditions) => (this.text, this.conditions) = (text, conditions);

    /// <summary>Reads a filter.</summary>
    /// <exception cref="FormatException">It is none; the message says why, and what is allowed.</exception>
    public static ItemFilter Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new FormatException("A filter is an object, such as {\"year\": {\"gte\": 2010}}.");
            return new ItemFilter(json, [.. document.RootElement.EnumerateObject().Select(field => FieldCondition.Parse(field.Name, field.Value))]);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The filter is not JSON: {e.Message}", e);
        }
    }

    /// <summary>Whether an item's metadata fits.</summary>
    /// <param name="metadata">A JSON object as UTF-8; empty for an item without metadata.</param>
    public bool Matches(ReadOnlySpan<byte> metadata)
    {
        if (conditions.Length == 0)
            return true;
        if (metadata.IsEmpty)
            return false;
        Span<bool> held = stackalloc bool[conditions.Length <= 64 ? conditions.Length : 0];
        if (held.Length < conditions.Length)
            held = new bool[conditions.Length];
        held.Clear();
        try
        {
            var reader = new Utf8JsonReader(metadata);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = -1;
                for (var i = 0; i < conditions.Length && field < 0; i++)
                    field = reader.ValueTextEquals(conditions[i].Name) ? i : -1;
                reader.Read();
                if (field >= 0)
                    held[field] = conditions[field].Holds(ref reader);
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Metadata that is no JSON has no fields.
            return false;
        }

        return !held.Contains(false);
    }

    /// <inheritdoc/>
    public bool Equals(ItemFilter? other) => other is not null && text == other.text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ItemFilter);

    /// <inheritdoc/>
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);
}
