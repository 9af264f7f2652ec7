using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>
/// Something that is decided once, from what the cluster looks like at that moment, and written down before anything follows from it: who comes
/// later, or again after a crash, finds it decided.
/// </summary>
static class Decision
{
    /// <summary>Behind the stages that have parts.</summary>
    const int Stage = 9;

    public static async Task<T> Once<T>(PartScope scope, Func<Task<T>> decide, CancellationToken cancellation)
    {
        var path = scope.PathOf(Stage, 0);
        if (await scope.Store.Read(path, cancellation) is { } taken)
            return JobJson.Read<T>(taken.Content);
        var decided = await decide();
        return await scope.Store.Write(path, JobJson.ToBytes(decided), WriteCondition.IfAbsent, cancellation) is not null
            ? decided
            : JobJson.Read<T>((await scope.Store.Read(path, cancellation) ?? throw new StoreException($"'{path}' is gone.")).Content);
    }
}
