using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.OpenApi;
using MplugCluster.Gateway.Security;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>The description of the API says what the API does.</summary>
public sealed class OpenApiTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task Document_EveryEndpoint_NamedWithItsProblemsAndSchemas()
    {
        var document = await Document();

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(member => member.Name != "parameters"))
            {
                var responses = operation.Value.GetProperty("responses");
                Assert.True(operation.Value.TryGetProperty("operationId", out _), $"{operation.Name} {path.Name} stands not in ApiOperations.");
                Assert.True(
                    AccessRules.IsPublic(path.Name) != responses.TryGetProperty("401", out var unauthorized)
                    && (AccessRules.IsPublic(path.Name) || unauthorized.GetProperty("description").GetString() == "urn:mplug:unauthorized"),
                    $"{operation.Name} {path.Name}: {responses}");
                Assert.True(responses.TryGetProperty("200", out _) || responses.TryGetProperty("201", out _) || responses.TryGetProperty("204", out _), path.Name);
            }
        }

        var rerank = document.GetProperty("paths").GetProperty("/v1/rerank").GetProperty("post");
        Assert.Equal("#/components/schemas/RerankRequest", Reference(rerank.GetProperty("requestBody").GetProperty("content").GetProperty("application/json")));
        var full = rerank.GetProperty("responses").GetProperty("429");
        Assert.Equal("urn:mplug:overloaded", full.GetProperty("description").GetString());
        Assert.Equal("#/components/schemas/Problem", Reference(full.GetProperty("content").GetProperty("application/problem+json")));
        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.Equal("string", schemas.GetProperty("PictureInput").GetProperty("anyOf")[0].GetProperty("type").GetString());
        Assert.True(schemas.GetProperty("RerankRequest").GetProperty("properties").GetProperty("documents").TryGetProperty("items", out _));
        Assert.DoesNotContain("document", schemas.GetProperty("RerankResult").GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
    }

    [Fact]
    public async Task Document_EveryRouteOfTheApi_IsInIt()
    {
        var document = await Document();
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}")).ToHashSet();

        var routes = fixture.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/v", StringComparison.Ordinal)
                && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true })
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}"))
            .ToArray();

        Assert.NotEmpty(routes);
        Assert.Empty(routes.Except(described));
        Assert.Empty(ApiOperations.All.Keys.Select(key => $"{key.Method} {key.Pattern}").Except(described));
    }

    [Fact]
    public void ProblemTypes_AllThatProblemsMake_WithTheirStatus()
    {
        var made = typeof(Problems).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.ReturnType == typeof(ProblemException) && method.GetParameters().All(parameter => parameter.ParameterType.Namespace == "System" || parameter.ParameterType.IsEnum))
            .Select(method => ((ProblemException)method.Invoke(null, [.. method.GetParameters().Select(Value)])!).Problem)
            .Select(problem => (problem.Type, problem.Status)).ToArray();

        foreach (var (type, status) in made)
        {
            Assert.True(ProblemTypes.Statuses.TryGetValue(type[ProblemTypes.Prefix.Length..], out var known), $"{type} stands not in ProblemTypes.");
            Assert.Equal(status, known);
        }

        static object Value(ParameterInfo parameter) => parameter.ParameterType == typeof(string) ? "x" : Activator.CreateInstance(parameter.ParameterType)!;
    }

    [Fact]
    public async Task Scalar_ItsPage_WorksWithoutAKeyAndWithoutAnyOtherHost()
    {
        using var http = new HttpClient { BaseAddress = fixture.Address };
        using var response = await http.GetAsync("/scalar/");
        var page = await response.Content.ReadAsStringAsync();
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain("http://", page);
        Assert.DoesNotContain("https://", page);
        var nonce = policy.Split("'nonce-")[1].Split('\'')[0];
        Assert.Contains($"nonce=\"{nonce}\"", page);
        Assert.DoesNotContain("script-src 'self' 'unsafe-inline'", policy);
        foreach (var file in new[] { "scalar.js", "scalar.aspnetcore.js" })
        {
            Assert.Contains(file, page);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"/scalar/{file}")).StatusCode);
        }
    }

    static string? Reference(JsonElement content) => content.GetProperty("schema").GetProperty("$ref").GetString();

    async Task<JsonElement> Document()
    {
        using var http = new HttpClient { BaseAddress = fixture.Address };
        return await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
    }
}
