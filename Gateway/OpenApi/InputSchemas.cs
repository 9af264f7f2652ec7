using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.OpenApi;

/// <summary>Schemas of what the API reads and writes in more than one form, which its types alone do not show.</summary>
static class InputSchemas
{
    public static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        var type = context.JsonTypeInfo.Type;
        if (OneOf(type) is { } made)
        {
            (schema.AnyOf, schema.Type, schema.Properties, schema.Required) = (made.AnyOf, made.Type, made.Properties, made.Required);
            (schema.Description, schema.Items, schema.Enum) = (schema.Description ?? made.Description, made.Items, made.Enum);
        }

        // A list of such things comes without saying of what.
        if (schema is { Type: { } kind, Items: null } && kind.HasFlag(JsonSchemaType.Array) && context.JsonTypeInfo.ElementType is { } element)
            schema.Items = OneOf(element);

        return Task.CompletedTask;
    }

    static OpenApiSchema? OneOf(Type type) =>
        type == typeof(PictureInput) ? Picture()
        : type == typeof(EmbeddingInput) ? TextOrPicture()
        : type == typeof(EmbeddingVector) ? Either("A unit vector, as encoding_format says; empty where there is an error instead.", List(Number()), Text("Little-endian float32, as base64."))
        : type == typeof(PairSelection) ? Pairs()
        : type == typeof(JobPicture) ? JobPicture()
        : type == typeof(JobQueryInput) ? JobQuery()
        : type == typeof(JobQueries) ? Either("The queries, all texts or all pictures; for a plan their number is enough.", List(JobQuery()), Integer())
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(OneOrMany<>) ? OneOrMany(type.GenericTypeArguments[0])
        : null;

    static OpenApiSchema OneOrMany(Type type)
    {
        var (one, same) = (OneOf(type) ?? Text(null), OneOf(type) ?? Text(null));
        return Either("One, or a list.", one, List(same));
    }

    static OpenApiSchema Picture() => Either(
        "A picture.",
        Text("A data URI, base64, or the URL of a host that this server fetches from."),
        Object(("blob", Text("SHA-256 of an uploaded picture, lower-case hex."))));

    static OpenApiSchema TextOrPicture() => Either(
        "A text or a picture.", Text("A text; a picture, if it is a data URI of one."), Object(("text", Text(null))), Object(("image", Picture())));

    static OpenApiSchema JobPicture() => Either(
        "A picture of a job.", Text("A data URI or base64."), Object(("blob", Text("SHA-256 of an uploaded picture."))), Object(("source", Text(null)), ("path", Text(null))));

    static OpenApiSchema JobQuery()
    {
        var named = Object(("id", Text(null)), ("text", Text(null)), ("image", JobPicture()));
        named.Required = null;
        return Either("A query.", Text("A text."), named);
    }

    static OpenApiSchema Pairs() => Either(
        "Which pairs are scored.", new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["all", "zip"] }, List(List(Integer())));

    static OpenApiSchema Either(string description, params OpenApiSchema[] forms) => new() { Description = description, AnyOf = [.. forms] };

    static OpenApiSchema Text(string? description) => new() { Type = JsonSchemaType.String, Description = description };

    static OpenApiSchema Number() => new() { Type = JsonSchemaType.Number };

    static OpenApiSchema Integer() => new() { Type = JsonSchemaType.Integer };

    static OpenApiSchema List(OpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    static OpenApiSchema Object(params (string Name, OpenApiSchema Schema)[] members) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = members.ToDictionary(member => member.Name, member => (IOpenApiSchema)member.Schema),
        Required = members.Select(member => member.Name).ToHashSet(),
    };
}
