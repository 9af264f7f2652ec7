using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Client;

/// <summary>
/// The HTTP API in C#. Every method throws <see cref="MplugApiException"/> for an error answer and <see cref="HttpRequestException"/> when the
/// server cannot be reached. A full server is asked again when it says, for five minutes at most: what it cannot do in its time it never will.
/// </summary>
public sealed partial class MplugClient : IDisposable
{
    /// <summary>Bytes from which on an upload asks first.</summary>
    const int AskBeforeSending = 1 << 20;

    /// <summary>How long a full server is asked again.</summary>
    static readonly TimeSpan FullPatience = TimeSpan.FromMinutes(5);

    readonly HttpClient http;
    readonly TimeProvider time;

    /// <summary>A client of one server.</summary>
    /// <param name="address">Such as <c>http://127.0.0.1:8080</c>.</param>
    /// <param name="token">The server's token; empty where it needs none.</param>
    /// <param name="handler">How requests are sent. Default: over the network.</param>
    /// <param name="time">The clock. Default: the machine's.</param>
    public MplugClient(Uri address, string token = "", HttpMessageHandler? handler = null, TimeProvider? time = null)
    {
        this.time = time ?? TimeProvider.System;
        http = new HttpClient(handler ?? new SocketsHttpHandler()) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (token.Length > 0)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The server.</summary>
    public Uri Address => http.BaseAddress!;

    /// <summary>The model that is served.</summary>
    public async Task<ModelInfo> Model(CancellationToken cancellation = default) =>
        (await Send<ModelList>(HttpMethod.Get, "v1/models", null, cancellation)).Data[0];

    /// <summary>Whether a picture has been uploaded.</summary>
    public async Task<bool> HasBlob(string sha256, CancellationToken cancellation = default)
    {
        try
        {
            await Exchange(() => new HttpRequestMessage(HttpMethod.Head, $"v1/blobs/{sha256}"), cancellation);
            return true;
        }
        catch (MplugApiException e) when (e.Problem.Status == 404)
        {
            return false;
        }
    }

    /// <summary>Uploads a picture.</summary>
    public Task PutBlob(string sha256, byte[] content, CancellationToken cancellation = default) => Exchange(
        () =>
        {
            // Asks before it sends: a server that finds the picture too large says so instead of breaking the connection in the middle.
            var request = new HttpRequestMessage(HttpMethod.Put, $"v1/blobs/{sha256}") { Content = new ByteArrayContent(content) };
            request.Headers.ExpectContinue = content.Length > AskBeforeSending;
            return request;
        },
        cancellation);

    /// <summary>Makes an empty corpus.</summary>
    public Task<CorpusInfo> CreateCorpus(CorpusCreation corpus, CancellationToken cancellation = default) =>
        Send<CorpusInfo>(HttpMethod.Post, "v1/corpora", corpus, cancellation);

    /// <summary>A corpus, or null if there is none.</summary>
    public async Task<CorpusInfo?> FindCorpus(string name, CancellationToken cancellation = default)
    {
        try
        {
            return await Send<CorpusInfo>(HttpMethod.Get, $"v1/corpora/{name}", null, cancellation);
        }
        catch (MplugApiException e) when (e.Problem.Status == 404)
        {
            return null;
        }
    }

    /// <summary>A page of corpora.</summary>
    public Task<CorpusList> Corpora(string? cursor = null, CancellationToken cancellation = default) =>
        Send<CorpusList>(HttpMethod.Get, $"v1/corpora{Cursor(cursor)}", null, cancellation);

    /// <summary>Lets a corpus take over what another one holds.</summary>
    public Task<CorpusInfo> Adopt(string name, string from, CancellationToken cancellation = default) =>
        Send<CorpusInfo>(HttpMethod.Post, $"v1/corpora/{name}/adopt", new CorpusAdoption(from), cancellation);

    /// <summary>Deletes a corpus.</summary>
    public Task DeleteCorpus(string name, CancellationToken cancellation = default) =>
        Exchange(() => new HttpRequestMessage(HttpMethod.Delete, $"v1/corpora/{name}"), cancellation);

    /// <summary>All items of a corpus, by id.</summary>
    public IAsyncEnumerable<ItemInfo> Items(string corpus, CancellationToken cancellation = default) => Items(corpus, "", cancellation);

    /// <summary>All items of a corpus, by id, with the embeddings that the corpus holds.</summary>
    public IAsyncEnumerable<ItemInfo> ItemsWithEmbeddings(string corpus, CancellationToken cancellation = default) =>
        Items(corpus, "embeddings=true", cancellation);

    async IAsyncEnumerable<ItemInfo> Items(string corpus, string with, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var query = string.Join('&', new[] { with, cursor is null ? "" : Cursor(cursor)[1..] }.Where(part => part.Length > 0));
            var page = await Send<ItemList>(HttpMethod.Get, $"v1/corpora/{corpus}/items{(query.Length > 0 ? $"?{query}" : "")}", null, cancellation);
            foreach (var item in page.Data)
                yield return item;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>Adds or replaces items.</summary>
    public Task<ItemBatchResult> Upsert(string corpus, ItemBatch batch, CancellationToken cancellation = default) =>
        Send<ItemBatchResult>(HttpMethod.Post, $"v1/corpora/{corpus}/items", batch, cancellation);

    /// <summary>Removes items.</summary>
    public Task<ItemRemovalResult> Remove(string corpus, IReadOnlyList<string> ids, CancellationToken cancellation = default) =>
        Send<ItemRemovalResult>(HttpMethod.Post, $"v1/corpora/{corpus}/items/delete", new ItemRemoval(ids), cancellation);

    /// <summary>Searches a corpus.</summary>
    public Task<SearchResponse> Search(string corpus, SearchRequest request, CancellationToken cancellation = default) =>
        Send<SearchResponse>(HttpMethod.Post, $"v1/corpora/{corpus}/search", request, cancellation);

    /// <summary>An item's picture as a small JPEG, upright.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="id">The item.</param>
    /// <param name="size">Longer side, in pixels.</param>
    /// <param name="cancellation">Stops it.</param>
    public Task<byte[]> Thumbnail(string corpus, string id, int size, CancellationToken cancellation = default) => Exchange(
        () => new HttpRequestMessage(HttpMethod.Get, string.Create(
            CultureInfo.InvariantCulture, $"v1/corpora/{corpus}/items/{Uri.EscapeDataString(id)}/thumbnail?size={size}")),
        cancellation);

    /// <summary>Scores pairs.</summary>
    public Task<RetrievalResponse> Score(RetrievalRequest request, CancellationToken cancellation = default) =>
        Send<RetrievalResponse>(HttpMethod.Post, "v1/image-text-retrieval", request, cancellation);

    /// <summary>Says how the words of a text attend to a picture.</summary>
    public Task<ExplanationResponse> Explain(ExplanationQuery query, CancellationToken cancellation = default) =>
        Send<ExplanationResponse>(HttpMethod.Post, "v1/explain", query, cancellation);

    /// <summary>Embeds texts and pictures.</summary>
    public Task<EmbeddingResponse> Embed(EmbeddingRequest request, CancellationToken cancellation = default) =>
        Send<EmbeddingResponse>(HttpMethod.Post, "v1/embeddings", request, cancellation);

    /// <summary>What the cluster keeps only to save time.</summary>
    public Task<CacheReport> Cache(CancellationToken cancellation = default) => Send<CacheReport>(HttpMethod.Get, "v1/cache", null, cancellation);

    /// <summary>Deletes what the cluster keeps only to save time.</summary>
    public Task<CacheCleared> ClearCache(CacheClearing clearing, CancellationToken cancellation = default) =>
        Send<CacheCleared>(HttpMethod.Post, "v1/cache/clear", clearing, cancellation);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    static string Cursor(string? cursor) => cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}";

    async Task<T> Send<T>(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        var answer = await Exchange(
            () => new HttpRequestMessage(method, path)
            {
                Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: ApiJson.Options),
            },
            cancellation);
        return JsonSerializer.Deserialize<T>(answer, ApiJson.Options)!;
    }

    async Task<byte[]> Exchange(Func<HttpRequestMessage> request, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            using var response = await http.SendAsync(request(), cancellation);
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadAsByteArrayAsync(cancellation);
            var error = await Error(response, cancellation);
            if (error.Problem is not { Status: 429, RetryAfterMs: { } wait } || time.GetElapsedTime(began) + TimeSpan.FromMilliseconds(wait) > FullPatience)
                throw error;
            await Task.Delay(TimeSpan.FromMilliseconds(wait), time, cancellation);
        }
    }

    static async Task<MplugApiException> Error(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStringAsync(cancellation);
        try
        {
            if (body.Length > 0)
                return new MplugApiException(JsonSerializer.Deserialize<Problem>(body, ApiJson.Options)!);
        }
        catch (JsonException)
        {
            // Not one of this API's answers: some proxy's, say. The status is all there is.
        }

        // The answer to a HEAD has no body either.
        return new MplugApiException(new Problem("about:blank", $"The server answered {(int)response.StatusCode}", (int)response.StatusCode, body)
        {
            RetryAfterMs = (int?)response.Headers.RetryAfter?.Delta?.TotalMilliseconds,
        });
    }
}
