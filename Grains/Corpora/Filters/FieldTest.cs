using System.Text.Json;
using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora.Filters;

/// <summary>One comparison of a field; values of different kinds neither are equal nor have an order.</summary>
sealed class FieldTest(FieldOperator compare, FieldValue[] values)
{
    /// <summary>Whether the value that a reader stands at fits.</summary>
    public bool Holds(ref Utf8JsonReader found)
    {
        foreach (var value in values)
        {
            if (found.TokenType == value.Kind && (compare == FieldOperator.In ? Equal(ref found, value) : Ordered(ref found, value)))
                return true;
        }

        return false;
    }

    static bool Equal(ref Utf8JsonReader found, FieldValue value) => value.Kind switch
    {
        JsonTokenType.Number => found.TryGetDouble(out var number) && number == value.Number,
        JsonTokenType.String => found.ValueTextEquals(value.Text),
        _ => true,
    };

    bool Ordered(ref Utf8JsonReader found, FieldValue value)
    {
        int order;
        if (value.Kind == JsonTokenType.Number)
            order = found.TryGetDouble(out var number) ? number.CompareTo(value.Number) : 0;
        else if (!found.ValueIsEscaped)
            order = Utf8Order.Compare(found.ValueSpan, value.Text);
        else
            order = Utf8Order.Compare(System.Text.Encoding.UTF8.GetBytes(found.GetString()!), value.Text);
        return compare switch
        {
            FieldOperator.Above => order > 0,
            FieldOperator.From => order >= 0,
            FieldOperator.Below => order < 0,
            _ => order <= 0,
        };
    }
}
