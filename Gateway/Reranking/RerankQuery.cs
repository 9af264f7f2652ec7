using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Reranking;

/// <summary>The query of a rerank request: a text's token ids, or a picture.</summary>
sealed record RerankQuery(int[]? TokenIds, PictureReference? Picture)
{
    public static async Task<RerankQuery> Prepare(
        EmbeddingInput query, PictureInputs pictures, SiloModel model, TextConvention convention, CancellationToken cancellation)
    {
        if (query.Text is { } text)
            return new RerankQuery(model.TokenIds(text, convention), null);
        var (picture, error) = await pictures.Resolve(query.Image!, cancellation);
        return error is null ? new RerankQuery(null, picture) : throw Problems.OfPicture(error);
    }
}
