using System.Text;
using System.Text.Json;

namespace MplugCluster.Grains.Corpora.Filters;

/// <summary>What one field of the metadata must fit.</summary>
sealed class FieldCondition
{
    const string Allowed = "eq, in, gt, gte, lt and lte are";

    readonly FieldTest[] tests;

    FieldCondition(string name, FieldTest[] tests) => (Name, this.tests) = (Encoding.UTF8.GetBytes(name), tests);

    /// <summary>The field's name.</summary>
    public byte[] Name { get; }

    /// <summary>Reads a condition.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static FieldCondition Parse(string name, JsonElement condition) => condition.ValueKind switch
    {
        JsonValueKind.Object when condition.EnumerateObject().Any() =>
            new FieldCondition(name, [.. condition.EnumerateObject().Select(test => Test(name, test.Name, test.Value))]),
        JsonValueKind.Object => throw new FormatException($"The filter of '{name}' is empty; {Allowed} what it may have."),
        JsonValueKind.Array => throw new FormatException($"The filter of '{name}' is a list; write {{\"in\": [...]}} for any of several values."),
        _ => new FieldCondition(name, [new FieldTest(FieldOperator.In, [FieldValue.Of(name, condition)])]),
    };

    /// <summary>Whether the value that a reader stands at fits; the reader stays where it is.</summary>
    public bool Holds(ref Utf8JsonReader value)
    {
        foreach (var test in tests)
        {
            if (!test.Holds(ref value))
                return false;
        }

        return true;
    }

    static FieldTest Test(string name, string test, JsonElement value) => test switch
    {
        "eq" => new FieldTest(FieldOperator.In, [FieldValue.Of(name, value)]),
        "in" => value.ValueKind == JsonValueKind.Array
            ? new FieldTest(FieldOperator.In, [.. value.EnumerateArray().Select(one => FieldValue.Of(name, one))])
            : throw new FormatException($"The filter of '{name}' has an 'in' that is no list."),
        "gt" => new FieldTest(FieldOperator.Above, [Ordered(name, test, value)]),
        "gte" => new FieldTest(FieldOperator.From, [Ordered(name, test, value)]),
        "lt" => new FieldTest(FieldOperator.Below, [Ordered(name, test, value)]),
        "lte" => new FieldTest(FieldOperator.UpTo, [Ordered(name, test, value)]),
        _ => throw new FormatException($"The filter of '{name}' has the operator '{test}', which there is not; {Allowed}."),
    };

    static FieldValue Ordered(string name, string test, JsonElement value) =>
        FieldValue.Of(name, value) is { Kind: JsonTokenType.Number or JsonTokenType.String } ordered
            ? ordered
            : throw new FormatException($"The filter of '{name}' has a '{test}' that is neither a number nor a text.");
}
