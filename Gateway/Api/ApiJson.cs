using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace MplugCluster.Gateway.Api;

/// <summary>How the API's JSON is written and read: snake_case names, lower-case enum values, unknown members refused.</summary>
public static partial class ApiJson
{
    /// <summary>The options of server and client.</summary>
    public static JsonSerializerOptions Options { get; } = Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>What is wrong with a text that should be JSON, without the place at its end: the reader's own numbers begin with 0.</summary>
    public static string ReasonOf(JsonException fault) => Place().Replace(fault.Message, "");

    /// <summary>Sets options in place.</summary>
    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;

        // Answers are read by people too, and nobody puts them into HTML: "'", "<" and letters of any language stay what they are.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        return options;
    }

    [GeneratedRegex(@"\s*(?:Path: \S* \| )?LineNumber: \d+ \| BytePositionInLine: \d+\.$")]
    private static partial Regex Place();
}
