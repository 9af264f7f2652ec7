using System.Text.Json;
using System.Text.RegularExpressions;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Errors;

/// <summary>What is wrong with a request's JSON or parameters, in the words of the API: those of the framework name its own types and count lines from 0.</summary>
static partial class RequestFault
{
    /// <summary>What the reader of JSON found. The messages of this project's own converters stay as they are.</summary>
    public static string Of(JsonException fault)
    {
        var member = fault.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : "";
        if (Unknown().Match(fault.Message) is { Success: true } unknown)
            return $"'{unknown.Groups["name"].Value}' is not a member here{MembersOf(unknown.Groups["type"].Value)}.";
        if (Missing().Match(fault.Message) is { Success: true } missing)
            return $"Missing: {missing.Groups["names"].Value}.";
        if (Null().Match(fault.Message) is { Success: true } none)
            return $"'{(member.Length > 0 ? member : none.Groups["name"].Value)}' must not be null.";
        if (Other().Match(fault.Message) is { Success: true } other)
            return $"{(member.Length > 0 ? $"'{member}'" : "The body")} must be {Expected(other.Groups["type"].Value, fault.Path ?? "")}.";
        return ApiJson.ReasonOf(fault) is var reason && reason.Length < fault.Message.Length
            ? $"The body is not valid JSON: {reason.TrimEnd('.')} (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1})."
            : reason;
    }

    /// <summary>What the reader of routes, queries and bodies found.</summary>
    public static string Of(BadHttpRequestException fault)
    {
        if (fault.InnerException is JsonException json)
            return Of(json);
        if (Unbound().Match(fault.Message) is { Success: true } unbound)
            return $"'{unbound.Groups["name"].Value}' is '{unbound.Groups["value"].Value}'; it must be {WordOf(unbound.Groups["type"].Value)}.";
        if (Absent().Match(fault.Message) is { Success: true } absent)
            return $"'{absent.Groups["name"].Value}' is missing in the {absent.Groups["place"].Value}.";
        return fault.Message.StartsWith("Implicit body inferred", StringComparison.Ordinal) ? "The request has no body; a JSON object is expected." : fault.Message;
    }

    /// <summary>A converter that fails inside an object names the object, so the member's own type is looked up there.</summary>
    static string Expected(string type, string path)
    {
        if (typeof(ApiJson).Assembly.GetType(type) is not { } known)
            return WordOf(type);
        var name = path[(path.LastIndexOf('.') + 1)..];
        var member = ApiJson.Options.GetTypeInfo(known).Properties.FirstOrDefault(property => property.Name == name);
        return member is null ? "a JSON object" : WordOf(member.PropertyType.ToString());
    }

    static string MembersOf(string type) =>
        typeof(ApiJson).Assembly.GetType(type) is { } known && ApiJson.Options.GetTypeInfo(known).Properties is { Count: > 0 } members
            ? $"; there are {string.Join(", ", members.Select(member => member.Name))}"
            : "";

    static string WordOf(string type) => type switch
    {
        _ when type.Contains("Int32", StringComparison.Ordinal) || type.Contains("Int64", StringComparison.Ordinal) || Whole().IsMatch(type) => "a whole number",
        _ when type.Contains("List", StringComparison.Ordinal) || type.EndsWith("[]", StringComparison.Ordinal) => "a list",
        _ when type.Contains("OneOrMany", StringComparison.Ordinal) => "one, or a list",
        _ when type.Contains("Double", StringComparison.Ordinal) || type.Contains("Single", StringComparison.Ordinal) => "a number",
        _ when type.Contains("bool", StringComparison.OrdinalIgnoreCase) => "true or false",
        _ when type.Contains("string", StringComparison.OrdinalIgnoreCase) => "a text",
        _ => "a JSON object",
    };

    [GeneratedRegex(@"JSON property '(?<name>.*)' could not be mapped to any .NET member contained in type '(?<type>[^']*)'", RegexOptions.Singleline)]
    private static partial Regex Unknown();

    [GeneratedRegex(@"missing required properties including: (?<names>.*?)\.?$", RegexOptions.Singleline)]
    private static partial Regex Missing();

    [GeneratedRegex(@"(?:parameter|property or field) '(?<name>\w+)' on type '[^']*' doesn't allow")]
    private static partial Regex Null();

    [GeneratedRegex(@"could not be converted to (?<type>.*?)\. Path:", RegexOptions.Singleline)]
    private static partial Regex Other();

    [GeneratedRegex("""^Failed to bind parameter "(?<type>.*) (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.Singleline)]
    private static partial Regex Unbound();

    [GeneratedRegex("""^Required parameter ".* (?<name>\w+)" was not provided from (?<place>.*)\.$""")]
    private static partial Regex Absent();

    [GeneratedRegex(@"\b(?:int|long)\b")]
    private static partial Regex Whole();
}
