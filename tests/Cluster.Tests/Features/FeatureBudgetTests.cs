using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Inference;

namespace MplugCluster.Cluster.Tests.Features;

/// <summary>Silos that share one store and one budget, each with a <see cref="FeatureStore"/> of its own.</summary>
public sealed class FeatureBudgetTests : IDisposable
{
    const int FileBytes = 40;
    const int Budget = 32 * FileBytes;
    const int Share = Budget / 16;

    static readonly ImageFeatures Features = new([1, 2], [3, 4, 5]);
    static readonly DateTime Start = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    readonly TemporaryFolder folder = new();
    readonly FaultyObjectStore store;

    public FeatureBudgetTests() => store = new FaultyObjectStore(new DirectoryObjectStore(folder.Path));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Write_TwoSilosInTurn_TogetherWithinABudgetAndAShare()
    {
        FeatureStore[] silos = [Open(), Open()];
        var most = 0L;
        for (var i = 0; i < 200; i++)
        {
            var silo = silos[i % 2];
            await silo.Write($"{i:D4}", Features, default);
            await silo.Settled;
            most = Math.Max(most, Held());
        }

        Assert.InRange(most, Budget - Share, Budget + Share);
        Assert.All(silos, silo => Assert.Equal(0, silo.Failures));
    }

    [Fact]
    public async Task Write_OneSilo_NeverOverBudget()
    {
        var silo = Open();
        for (var i = 0; i < 200; i++)
        {
            await silo.Write($"{i:D4}", Features, default);
            await silo.Settled;
            Assert.InRange(Held(), 0, Budget);
        }

        Assert.InRange(Held(), Budget - 2 * Share, Budget);
    }

    [Fact]
    public async Task Write_FilesOfAnotherSiloAreOlder_TheyLeaveFirst()
    {
        var other = Open();
        for (var i = 0; i < 30; i++)
            await other.Write($"b{i:D3}", Features, default);
        await other.Settled;
        Age("b*", Start.AddDays(1));
        var own = Open();
        for (var i = 0; i < 10; i++)
            await own.Write($"a{i:D3}", Features, default);
        await own.Settled;

        Assert.Equal(10, Keys("a*").Length);
        Assert.Equal([.. Enumerable.Range(30 - Keys("b*").Length, Keys("b*").Length).Select(i => $"b{i:D3}")], Keys("b*"));
        Assert.InRange(Held(), 0, Budget);
    }

    [Fact]
    public async Task Write_TwoSilosEvictAtOnce_TheSameFilesAndNoFailure()
    {
        for (var i = 0; i < 40; i++)
            await store.Write($"features/print/00/{i:D4}", new byte[FileBytes], WriteCondition.None);
        Age("*", Start);
        FeatureStore[] silos = [Open(), Open()];

        // Both have listed everything before either deletes anything.
        StoreStop[] stops = [Stop(), Stop()];
        await Task.WhenAll(silos.Select((silo, i) => silo.Write($"new{i}", Features, default)));
        await Task.WhenAll(stops.Select(stop => stop.Reached));
        foreach (var stop in stops)
            stop.Release();
        await Task.WhenAll(silos.Select(silo => silo.Settled));

        Assert.All(silos, silo => Assert.Equal(0, silo.Failures));
        Assert.Equal(2, Keys("new*").Length);
        Assert.Equal([.. Enumerable.Range(12, 28).Select(i => $"{i:D4}")], Keys("0*"));

        StoreStop Stop() => store.StopAt(call => call is { Operation: StoreOperation.List, IsDone: true });
    }

    [Fact]
    public async Task Write_WhileAListingRuns_NotDelayedAndNoSecondListing()
    {
        var stop = store.StopAt(call => call is { Operation: StoreOperation.List, IsDone: false });
        var silo = Open();
        await silo.Write("0000", Features, default);
        await stop.Reached;

        for (var i = 1; i < 100; i++)
            await silo.Write($"{i:D4}", Features, default);

        Assert.Equal(1, Listings());
        stop.Release();
        await silo.Settled;
        Assert.Equal(2, Listings());
        Assert.InRange(Held(), 0, Budget - Share);
    }

    [Fact]
    public async Task Write_LessThanAShare_NoNewListing()
    {
        var silo = Open();
        await silo.Write("00", Features, default);
        await silo.Settled;
        await silo.Write("01", Features, default);
        await silo.Settled;
        Assert.Equal(1, Listings());

        await silo.Write("02", Features, default);
        await silo.Settled;
        Assert.Equal(2, Listings());
    }

    [Fact]
    public async Task Write_ListingFails_CountedAndTriedAgain()
    {
        var fails = true;
        store.OnCall = call => fails && call.Operation == StoreOperation.List ? throw new StoreException("the cable is out") : Task.CompletedTask;
        var silo = Open();
        for (var i = 0; i < 60; i++)
            await silo.Write($"{i:D4}", Features, default);
        await silo.Settled;
        Assert.InRange(silo.Failures, 1, 60);
        Assert.Equal(60 * FileBytes, Held());

        fails = false;
        for (var i = 60; i < 62; i++)
            await silo.Write($"{i:D4}", Features, default);
        await silo.Settled;

        Assert.InRange(Held(), 0, Budget);
    }

    FeatureStore Open() => new(store, "print", Budget);

    int Listings() => store.Calls.Count(call => call is { Operation: StoreOperation.List, IsDone: false });

    FileInfo[] Files(string pattern) =>
        [.. new DirectoryInfo(Path.Combine(folder.Path, "features")).EnumerateFiles(pattern, SearchOption.AllDirectories).OrderBy(file => file.Name, StringComparer.Ordinal)];

    string[] Keys(string pattern) => [.. Files(pattern).Select(file => file.Name)];

    long Held() => Files("*").Sum(file => file.Length);

    /// <summary>Files one second apart, in the order of their names: a file system's own clock may be coarser than a test.</summary>
    void Age(string pattern, DateTime first)
    {
        foreach (var (i, file) in Files(pattern).Index())
            file.LastWriteTimeUtc = first.AddSeconds(i);
    }
}
