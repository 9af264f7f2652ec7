using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Corpora;

/// <summary><c>/v1/corpora</c>: create, list, get, adopt, delete.</summary>
static class CorpusEndpoints
{
    const int MaxPage = 100;

    public static IEndpointRouteBuilder MapCorpora(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/corpora", Create);
        routes.MapGet("/corpora", List);
        routes.MapGet("/corpora/{name}", Get);
        routes.MapPost("/corpora/{name}/adopt", Adopt);
        routes.MapDelete("/corpora/{name}", Delete);
        return routes;
    }

    /// <summary>The grain of a corpus, whose name has been looked at.</summary>
    public static ICorpusGrain Corpus(this IGrainFactory grains, string name) => CorpusName.IsValid(name)
        ? grains.GetGrain<ICorpusGrain>(name)
        : throw Problems.InvalidRequest($"'{name}' is not a corpus name: {CorpusName.Rule}.");

    /// <summary>A corpus as answers show it.</summary>
    public static CorpusInfo Info(this CorpusDescription corpus) => new(
        corpus.Name, corpus.Fingerprint, corpus.Convention, corpus.Version, corpus.Pictures, corpus.Texts, corpus.Shards, corpus.Paged);

    static async Task<IResult> Create(CorpusCreation request, IGrainFactory grains, SiloModel model, CancellationToken cancellation)
    {
        var convention = model.ConventionOf(request.Convention);
        var reply = await grains.Corpus(request.Name).Create(model.Fingerprint, convention.Name(), cancellation);
        Problems.ThrowIfFailed(reply, request.Name);
        return Results.Created($"/v1/corpora/{request.Name}", reply.Corpus!.Info());
    }

    static async Task<CorpusList> List(IObjectStore store, IGrainFactory grains, string? cursor, int? limit, CancellationToken cancellation)
    {
        var size = PageSize.Of(limit, MaxPage, MaxPage);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var found in store.List(CorpusManifest.Root, cancellation))
        {
            if (CorpusManifest.NameOf(found.Path) is { } name && (cursor is null || string.CompareOrdinal(name, cursor) > 0))
                names.Add(name);
        }

        var page = names.Take(size).ToArray();
        var corpora = await Task.WhenAll(page.Select(name => grains.Corpus(name).Describe(cancellation)));
        return new CorpusList(
            [.. corpora.Select(reply => reply.Corpus).OfType<CorpusDescription>().Select(corpus => corpus.Info())],
            [.. page.Zip(corpora).Where(corpus => corpus.Second.Status == CorpusStatus.StoreFailed)
                .Select(corpus => new CorpusFault(corpus.First, corpus.Second.Message ?? ""))],
            names.Count > size ? page[^1] : null);
    }

    static async Task<CorpusInfo> Get(string name, IGrainFactory grains, CancellationToken cancellation)
    {
        var reply = await grains.Corpus(name).Describe(cancellation);
        Problems.ThrowIfFailed(reply, name);
        return reply.Corpus!.Info();
    }

    static async Task<CorpusInfo> Adopt(string name, CorpusAdoption adoption, IGrainFactory grains, CancellationToken cancellation)
    {
        if (adoption.From == name)
            throw Problems.InvalidRequest($"Corpus '{name}' cannot take over itself; 'from' names another one.");
        Problems.ThrowIfFailed(await grains.Corpus(name).Describe(cancellation), name);
        Problems.ThrowIfFailed(await grains.Corpus(adoption.From).Describe(cancellation), adoption.From);
        var reply = await grains.Corpus(name).Adopt(adoption.From, cancellation);
        Problems.ThrowIfFailed(reply, adoption.From);
        return reply.Corpus!.Info();
    }

    static async Task<IResult> Delete(string name, IGrainFactory grains, CancellationToken cancellation)
    {
        Problems.ThrowIfFailed(await grains.Corpus(name).Drop(cancellation), name);
        return Results.NoContent();
    }
}
