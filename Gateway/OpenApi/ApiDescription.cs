using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Security;
using Scalar.AspNetCore;

namespace MplugCluster.Gateway.OpenApi;

/// <summary>
/// <c>/openapi/v1.json</c>, the description of the API that clients can be generated from, and <c>/scalar</c>, a page to read and try it, whose script
/// this server sends itself.
/// </summary>
static class ApiDescription
{
    const string ProblemMediaType = "application/problem+json";
    const string Version = "v1";

    /// <summary>Every operation's.</summary>
    static readonly string[] Always = ["unauthorized", "forbidden", "foreign-host", "internal-error"];
    static readonly string[] OfQueries = ["invalid-request"];
    static readonly string[] OfBodies = ["invalid-request", "too-slow", "too-large", "unsupported-media-type", "overloaded"];

    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi(Version, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddSchemaTransformer(InputSchemas.Describe);
        options.AddOperationTransformer((operation, context, _) =>
        {
            // The types of problem of each status, which are lost on the way here, and so are all answers without a body but one.
            operation.Responses ??= [];
            foreach (var answer in context.Description.ActionDescriptor.EndpointMetadata.OfType<ProducesResponseTypeMetadata>())
            {
                if (answer.Description is not { } description)
                    continue;
                if (operation.Responses.TryGetValue($"{answer.StatusCode}", out var response))
                    response.Description = description;
                else
                    operation.Responses[$"{answer.StatusCode}"] = new OpenApiResponse { Description = description };
            }

            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "MplugCluster",
                Version = Version,
                Description = "Ranks pictures and texts with mPLUG. Errors are problem details (RFC 9457) whose 'type' is stable.",
                License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
            };
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.AddComponent<IOpenApiSecurityScheme>(
                "bearer", new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key of this server, if it has any." });

            // The empty one, because a loopback server without keys asks for none.
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }, []];
            return Task.CompletedTask;
        });
    });

    public static IEndpointRouteBuilder MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi();
        routes.MapScalarApiReference(options =>
        {
            options.Title = "MplugCluster";
            options.AddDocument(Version, "HTTP API", "/openapi/v1.json");
            options.WithNonce();
            options.DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideDeveloperTools().HideClientButton();
        });
        return routes;
    }

    /// <summary>Adds what <see cref="ApiOperations"/> says to the endpoints of a group.</summary>
    public static RouteGroupBuilder Described(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            var pattern = ((RouteEndpointBuilder)endpoint).RoutePattern.RawText!;
            var method = endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods is [var only, ..] ? only : "";
            Describe(endpoint.Metadata, method, AccessRules.IsPublic(pattern), ApiOperations.All.GetValueOrDefault((method, pattern)));
        });
        return group;
    }

    static void Describe(IList<object> metadata, string method, bool isPublic, ApiOperation? operation)
    {
        var hasBody = metadata.OfType<IAcceptsMetadata>().Any();
        var problems = (isPublic ? [] : Always.Concat(hasBody ? OfBodies : OfQueries)).Concat(operation?.Problems ?? []).Distinct();
        foreach (var status in problems.GroupBy(type => ProblemTypes.Statuses[type]).OrderBy(group => group.Key))
        {
            var types = string.Join(", ", status.Select(type => ProblemTypes.Prefix + type));
            metadata.Add(HttpMethods.IsHead(method)
                ? new ProducesResponseTypeMetadata(status.Key) { Description = types }
                : new ProducesResponseTypeMetadata(status.Key, typeof(Problem), [ProblemMediaType]) { Description = types });
        }

        if (operation is null)
            return;
        metadata.Add(new EndpointNameMetadata(operation.Id));
        metadata.Add(new TagsAttribute(operation.Tag));
        metadata.Add(new EndpointSummaryAttribute(operation.Summary));
        foreach (var (status, body, mediaType) in operation.Answers)
            metadata.Add(body is null ? new ProducesResponseTypeMetadata(status) { Description = ReasonPhrases.GetReasonPhrase(status) } : new ProducesResponseTypeMetadata(status, body, [mediaType]));
    }
}
