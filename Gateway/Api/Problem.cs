using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>An error answer.</summary>
/// <remarks>Source: RFC 9457.</remarks>
/// <param name="Type">Stable name of the kind of error: <c>urn:mplug:...</c>.</param>
/// <param name="Title">The kind in words.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What happened this time, and what can be done.</param>
/// <param name="RetryAfterMs">When to try again, in milliseconds.</param>
/// <param name="Errors">The inputs at fault, where the problem is about some of a list.</param>
/// <param name="Error">The same once more for OpenAI's clients, where they ask.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RetryAfterMs = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<InputFault>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OpenAiError? Error = null);
