using System.Text.Json;
using Orleans.Runtime;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace MplugCluster.Grains.Storage;

/// <summary>
/// States of grains as JSON objects of the store: <c>state/{state}/{grain type}/{grain key}</c>. Of two activations that write the same state one
/// gets Orleans' <see cref="InconsistentStateException"/>, and so a fresh activation. A clear is judged and then done: an activation that writes
/// in between loses its write.
/// </summary>
public sealed class ObjectGrainStorage(IObjectStore store, IActivatorProvider activators) : IGrainStorage
{
    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Where a grain's state lies.</summary>
    public static string PathOf(string stateName, GrainId grainId) =>
        $"state/{SafeName.Of(stateName)}/{SafeName.Of(grainId.Type.ToString()!)}/{SafeName.Of(grainId.Key.ToString()!)}";

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ReadStateAsync(stateName, grainId, grainState, default);

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WriteStateAsync(stateName, grainId, grainState, default);

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ClearStateAsync(stateName, grainId, grainState, default);

    /// <inheritdoc/>
    /// <exception cref="StoreException">The store fails, or the state is damaged.</exception>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var path = PathOf(stateName, grainId);
        var stored = await store.Read(path, cancellationToken);
        (grainState.State, grainState.ETag, grainState.RecordExists) = stored is null
            ? (activators.GetActivator<T>().Create(), null, false)
            : (Parse<T>(path, stored.Content), stored.ETag, true);
    }

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Another activation wrote since this one read.</exception>
    /// <exception cref="StoreException">The store fails.</exception>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var path = PathOf(stateName, grainId);
        var condition = grainState.ETag is { } known ? WriteCondition.IfMatch(known) : WriteCondition.IfAbsent;
        var etag = await store.Write(path, JsonSerializer.SerializeToUtf8Bytes(grainState.State, Json), condition, cancellationToken)
            ?? throw await Conflict(path, grainState.ETag, cancellationToken);
        (grainState.ETag, grainState.RecordExists) = (etag, true);
    }

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Another activation wrote since this one read.</exception>
    /// <exception cref="StoreException">The store fails.</exception>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var path = PathOf(stateName, grainId);
        if ((await store.Read(path, cancellationToken))?.ETag is { } stored)
        {
            if (stored != grainState.ETag)
                throw await Conflict(path, grainState.ETag, cancellationToken);
            await store.Delete(path, cancellationToken);
        }

        (grainState.State, grainState.ETag, grainState.RecordExists) = (activators.GetActivator<T>().Create(), null, false);
    }

    static T Parse<T>(string path, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(content, Json) ?? throw new JsonException("it is null.");
        }
        catch (JsonException e)
        {
            throw new StoreException($"The state '{path}' is damaged: {e.Message}", e);
        }
    }

    async Task<InconsistentStateException> Conflict(string path, string? known, CancellationToken cancellation) => new(
        $"Another activation has written '{path}' meanwhile.", (await store.Read(path, cancellation))?.ETag ?? "none", known ?? "none");
}
