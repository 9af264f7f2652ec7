using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Gateway.Corpora;

/// <summary>
/// <c>/v1/corpora/{name}/items</c>: batches of items in, pages of items out. For a caller who has the pictures at hand and waits; a corpus's
/// ingest from a store is a job.
/// </summary>
static class ItemEndpoints
{
    const int MaxItems = 1000;
    const int MaxRemovals = 10_000;
    const int MaxIdLength = 1024;
    const int MaxSourceLength = 4096;
    const int MaxMetadataBytes = 16_384;
    const int MaxPage = 1000;

    /// <summary>Items of a page with their embeddings: for 256 numbers each, half a megabyte between silos.</summary>
    const int MaxPageOfEmbeddings = 500;

    public static IEndpointRouteBuilder MapItems(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/corpora/{name}/items", Upsert);
        routes.MapGet("/corpora/{name}/items", List);
        routes.MapPost("/corpora/{name}/items/delete", Delete);
        return routes;
    }

    static async Task<ItemBatchResult> Upsert(
        string name, ItemBatch batch, IGrainFactory grains, PictureInputs pictures, CancellationToken cancellation)
    {
        if (batch.Items.Count is 0 or > MaxItems)
            throw Problems.InvalidRequest($"There are {batch.Items.Count} items; 1 to {MaxItems} are allowed.");
        if (batch.Items.Any(item => item is null))
            throw Problems.InvalidRequest("The list of items holds a null.");
        PictureInputs.ThrowIfTooManyUrls(batch.Items.Select(item => item.Image));
        var results = new ItemResult?[batch.Items.Count];
        var (items, places) = (new List<CorpusItem>(), new List<int>());
        for (var i = 0; i < results.Length; i++)
        {
            var (item, error) = await Read(batch.Items[i], i, pictures, cancellation);
            results[i] = error is null ? null : new ItemResult(batch.Items[i].Id, "failed", error);
            if (item is null)
                continue;
            items.Add(item);
            places.Add(i);
        }

        var reply = await grains.Corpus(name).Upsert([.. items], RequestBudget.Of(batch.BudgetMs, RequestBudget.MaxMs), cancellation);
        Problems.ThrowIfFailed(reply.Corpus, name, reply.RetryAfterMs);
        for (var i = 0; i < reply.Items.Length; i++)
            results[places[i]] = new ItemResult(reply.Items[i].Id, reply.Items[i].Outcome, reply.Items[i].Error?.Answer());
        return new ItemBatchResult(results!, reply.Tiers.Counts(), reply.Corpus.Corpus!.Info());
    }

    static async Task<ItemList> List(
        string name, string? cursor, int? limit, bool? embeddings, IGrainFactory grains, CancellationToken cancellation)
    {
        var (corpus, most) = (grains.Corpus(name), embeddings == true ? MaxPageOfEmbeddings : MaxPage);
        var size = PageSize.Of(limit, most, most);
        var page = embeddings == true ? await corpus.ListEmbeddings(cursor, size, cancellation) : await corpus.List(cursor, size, cancellation);
        Problems.ThrowIfFailed(page.Corpus, name);
        return new ItemList(
            [.. page.Items.Select((item, i) => new ItemInfo(
                item.Id, KindName(item.Kind), item.Picture?.ContentHash, item.Text, item.Source, MetadataOf(item), EmbeddingOf(page, i)))],
            page.NextCursor);
    }

    static EmbeddingVector? EmbeddingOf(ItemPage page, int item)
    {
        if (page.Embeddings is not { } all)
            return null;
        var bytes = all.Length / page.Items.Length;
        return new EmbeddingVector(MemoryMarshal.Cast<byte, float>(all.AsSpan(item * bytes, bytes)).ToArray(), AsBase64: true);
    }

    static async Task<ItemRemovalResult> Delete(string name, ItemRemoval removal, IGrainFactory grains, CancellationToken cancellation)
    {
        if (removal.Ids.Count is 0 or > MaxRemovals)
            throw Problems.InvalidRequest($"There are {removal.Ids.Count} ids; 1 to {MaxRemovals} are allowed.");
        if (removal.Ids.Any(id => id is null))
            throw Problems.InvalidRequest("The list of ids holds a null.");
        var reply = await grains.Corpus(name).Remove([.. removal.Ids], cancellation);
        Problems.ThrowIfFailed(reply.Corpus, name);
        return new ItemRemovalResult([.. reply.Items.Select(item => item.Id)], reply.Corpus.Corpus!.Info());
    }

    /// <summary>An item's metadata as answers show them.</summary>
    internal static JsonElement? MetadataOf(CorpusItem item) =>
        item.Metadata is { } metadata ? JsonSerializer.Deserialize<JsonElement>(metadata) : null;

    internal static string KindName(ItemKind kind) => kind == ItemKind.Picture ? "picture" : "text";

    static async Task<(CorpusItem? Item, ApiError? Error)> Read(ItemInput input, int number, PictureInputs pictures, CancellationToken cancellation)
    {
        var metadata = input.Metadata is { } given ? JsonSerializer.SerializeToUtf8Bytes(given) : null;
        var fault = input.Id.Length is 0 or > MaxIdLength ? $"its id has {input.Id.Length} characters, 1 to {MaxIdLength} are allowed"
            : input.Image is null == input.Text is null ? "it needs either an image or a text"
            : input.Text?.Length > ServedModelExtensions.MaxTextLength ? $"its text has {input.Text.Length} characters, at most {ServedModelExtensions.MaxTextLength} are allowed"
            : input.Source?.Length > MaxSourceLength ? $"its source has {input.Source.Length} characters, at most {MaxSourceLength} are allowed"
            : input.Metadata is { ValueKind: not JsonValueKind.Object } ? "its metadata is not an object"
            : metadata?.Length > MaxMetadataBytes ? $"its metadata has {metadata.Length} bytes, at most {MaxMetadataBytes} are allowed"
            : null;
        if (fault is not null)
            throw Problems.InvalidRequest($"Item {number} ('{input.Id}'): {fault}.");
        var text = metadata is null ? null : Encoding.UTF8.GetString(metadata);
        if (input.Text is not null)
            return (new CorpusItem(input.Id, ItemKind.Text, null, input.Text, input.Source, text), null);
        var (picture, error) = await pictures.Resolve(input.Image!, cancellation);
        return (picture is null ? null : new CorpusItem(input.Id, ItemKind.Picture, picture, null, input.Source, text), error);
    }
}
