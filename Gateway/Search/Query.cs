using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Search;

/// <summary>A query, prepared as its corpus was: a text's token ids, or a picture.</summary>
sealed record Query(TextConvention Convention, int[]? TokenIds, PictureReference? Picture)
{
    public bool ApplyOrientation => Convention.AppliesOrientation();

    public static async Task<Query> Prepare(
        SearchRequest request, SearchPlan plan, PictureInputs pictures, SiloModel model, CancellationToken cancellation)
    {
        if (plan.Corpus.Fingerprint != model.Fingerprint)
        {
            throw Problems.ModelMismatch(
                $"Corpus '{plan.Corpus.Name}' was made with the model {plan.Corpus.Fingerprint}; this cluster serves {model.Fingerprint}.");
        }

        TextConventions.TryParse(plan.Corpus.Convention, out var convention);
        if (request.Text is { } text)
            return new Query(convention, model.TokenIds(text, convention), null);
        var (picture, error) = await pictures.Resolve(request.Image!, cancellation);
        return error is null ? new Query(convention, null, picture) : throw Problems.OfPicture(error);
    }
}
