using MplugCluster.Gateway.Api;
using MplugCluster.Grains.Inference;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Models;

/// <summary><c>GET /v1/models</c>.</summary>
static class ModelEndpoints
{
    public static IEndpointRouteBuilder MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models", (SiloModel model) => new ModelList("list",
        [
            new ModelInfo(
                ServedModelExtensions.Id, "model", 0, "mplugcluster", model.Fingerprint, model.Convention.Name(), model.Candidates, model.EmbeddingSize),
        ]));
        return routes;
    }
}
