using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Explain;

/// <summary>Answers what each word of a text attends to in a picture.</summary>
sealed class ExplanationPipeline(ExplainedPairs pairs, DeviceCalls devices, SiloModel model)
{
    const int DefaultBudgetMs = 30_000;

    public async Task<ExplanationResponse> Explain(ExplanationQuery query, StageTimes stages, CancellationToken cancellation)
    {
        var explained = model.Explained ?? throw Problems.Unavailable("This cluster's model has no fusion layers to look into.");
        var layer = query.Layer ?? explained.DefaultLayer;
        if (layer < 0 || layer >= explained.Layers)
            throw Problems.InvalidRequest($"'layer' is {layer}; the model has the fusion layers 0 to {explained.Layers - 1}.");
        var deadline = Deadline.In(RequestBudget.Of(query.BudgetMs, DefaultBudgetMs)).Logged(stages.Devices);
        var pair = await stages.Measure("pictures", pairs.Find(query, cancellation));
        var ids = model.TokenIds(pair.Text, pair.Convention);
        var found = await stages.Measure("devices", devices.Explain(
            model.Fingerprint, pair.Convention.AppliesOrientation(), pair.Picture, ids, layer, deadline, cancellation));
        Problems.ThrowIfFailed(found.Reply);
        if (found.Error is { } error)
            throw Problems.BadPicture(error.Code, error.Reason);
        string[] pieces = [.. ids.Select(id => explained.Piece(id) ?? $"[{id}]")];
        return new ExplanationResponse(
            layer,
            explained.Layers,
            query.Pieces ? [.. pieces.Zip(found.Maps, (piece, map) => new ExplainedToken(piece, map))] : WordMaps.Merge(pieces, found.Maps),
            [explained.Grid, explained.Grid],
            found.Logits.Match,
            found.Logits.MatchProbability,
            found.Tiers.Counts());
    }
}
