using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Reranking;

/// <summary>Orders the documents of one request: pictures against a text by ITM, all others by ITC similarity.</summary>
sealed class RerankPipeline(DeviceCalls devices, PictureInputs pictures, SiloModel model)
{
    const int MaxDocuments = 10_000;
    const int DefaultBudgetMs = 120_000;

    /// <summary>Ranks.</summary>
    /// <param name="request">The request.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="version">Version of the shape that the client speaks.</param>
    /// <param name="stages">Told where the time goes.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<RerankResponse> Rank(RerankRequest request, string id, string version, StageTimes stages, CancellationToken cancellation)
    {
        model.ThrowIfOther(request.Model);
        var documents = request.Documents;
        if (documents.Count is 0 or > MaxDocuments)
            throw Problems.InvalidRequest($"There are {documents.Count} documents; 1 to {MaxDocuments} are allowed.");
        if (documents.Any(document => document is null))
            throw Problems.InvalidRequest("The list of documents holds a null.");
        if (request.TopN is < 1)
            throw Problems.InvalidRequest($"'top_n' is {request.TopN}; at least 1 is needed.");
        var convention = model.ConventionOf(request.Convention);
        var deadline = Deadline.In(RequestBudget.Of(request.BudgetMs, DefaultBudgetMs)).Logged(stages.Devices);

        var query = await RerankQuery.Prepare(request.Query, pictures, model, convention, cancellation);
        var images = documents.Index().Where(document => document.Item.Image is not null).ToArray();
        var resolved = await stages.Measure("pictures", pictures.Resolve(images.Select(image => image.Item.Image!), cancellation));
        var faults = images.Zip(resolved, (image, found) => (image.Index, found.Error)).Where(image => image.Error is not null)
            .Select(image => new RerankFault(image.Index, image.Error!)).ToList();
        RerankPicture[] good = [.. images.Zip(resolved).Where(image => image.Second.Picture is not null)
            .Select(image => new RerankPicture(image.First.Index, image.Second.Picture!))];
        RerankText[] texts = [.. documents.Index().Where(document => document.Item.Text is not null)
            .Select(document => new RerankText(document.Index, model.TokenIds(document.Item.Text!, convention)))];

        var scorer = new RerankScorer(devices, model.Fingerprint, convention.AppliesOrientation(), query, deadline);
        var scored = await stages.Measure("devices", Task.WhenAll(scorer.Pictures(good, cancellation), scorer.Texts(texts, cancellation)));
        faults.AddRange(scored.SelectMany(part => part.Faults));
        var references = good.ToDictionary(picture => picture.Index, picture => picture.Picture);
        var tokens = texts.Sum(text => text.TokenIds.Length) + (query.TokenIds?.Length ?? 0);
        return new RerankResponse(
            id,
            "rerank",
            ServedModelExtensions.Id,
            [.. Order(scored.SelectMany(part => part.Results)).Take(request.TopN ?? documents.Count)
                .Select(result => request.ReturnDocuments ? result with { Document = Document(result.Index) } : result)],
            [.. faults.OrderBy(fault => fault.Index)],
            new TokenUsage(tokens, tokens),
            new RerankMeta(new RerankApiVersion(version), new RerankUnits(1)),
            scored[0].Tiers + scored[1].Tiers);

        // A picture comes back by its content: it is in the store now, and the answer stays small.
        EmbeddingInput Document(int index) => references.TryGetValue(index, out var picture)
            ? new EmbeddingInput(null, PictureInput.OfBlob(picture.ContentHash))
            : documents[index];
    }

    /// <summary>A probability rounds to 1 long before logits are equal, so the number behind it decides.</summary>
    static IEnumerable<RerankResult> Order(IEnumerable<RerankResult> results) => results
        .OrderByDescending(result => result.RelevanceScore)
        .ThenByDescending(result => result.ItmLogit ?? result.ItcSimilarity)
        .ThenBy(result => result.Index);
}
