using MplugCluster.Gateway.Api;
using MplugCluster.Grains.Inference;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Models;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{model}</c>.</summary>
static class ModelEndpoints
{
    public static IEndpointRouteBuilder MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models", (SiloModel served) => new ModelList("list", [InfoOf(served)]));
        routes.MapGet("/models/{model}", (string model, SiloModel served) =>
        {
            served.ThrowIfOther(model);
            return InfoOf(served);
        });
        return routes;
    }

    static ModelInfo InfoOf(SiloModel served) => new(
        ServedModelExtensions.Id, "model", 0, "mplugcluster", served.Fingerprint, served.Convention.Name(), served.Candidates, served.EmbeddingSize);
}
