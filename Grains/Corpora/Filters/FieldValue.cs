using System.Text;
using System.Text.Json;

namespace MplugCluster.Grains.Corpora.Filters;

/// <summary>A value that fields are compared with.</summary>
/// <param name="Kind">Number, string, true, false or null.</param>
/// <param name="Number">For numbers.</param>
/// <param name="Text">For strings, as UTF-8.</param>
sealed record FieldValue(JsonTokenType Kind, double Number, byte[] Text)
{
    /// <summary>Reads a value.</summary>
    /// <exception cref="FormatException">It is a list or an object.</exception>
    public static FieldValue Of(string field, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => new FieldValue(JsonTokenType.Number, value.GetDouble(), []),
        JsonValueKind.String => new FieldValue(JsonTokenType.String, 0, Encoding.UTF8.GetBytes(value.GetString()!)),
        JsonValueKind.True => new FieldValue(JsonTokenType.True, 0, []),
        JsonValueKind.False => new FieldValue(JsonTokenType.False, 0, []),
        JsonValueKind.Null => new FieldValue(JsonTokenType.Null, 0, []),
        _ => throw new FormatException($"The filter of '{field}' compares with a list or an object; numbers, texts, true, false and null can be compared."),
    };
}
