using MplugCluster.Cli.Models;
using MplugCluster.Model.Packages;

namespace MplugCluster.Cli.Tests;

/// <summary>Alone in its collection, because the place of the models' cache is an environment variable.</summary>
[Collection("environment")]
public sealed class CacheTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");

    public CacheTests() => Environment.SetEnvironmentVariable("XDG_CACHE_HOME", folder.File("cache"));

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", cache);
        folder.Dispose();
    }

    [Fact]
    public async Task Show_NothingYet_ZerosAndNothingMade()
    {
        var run = await Cache("--json");

        Assert.Equal(0, run.Code);
        Assert.Equal((0, 0), (run.Json.GetProperty("features").GetProperty("files").GetInt32(), run.Json.GetProperty("models").GetProperty("bytes").GetInt32()));
        Assert.Equal(10_000_000_000, run.Json.GetProperty("features").GetProperty("max_bytes").GetInt64());
        Assert.False(Directory.Exists(folder.File("store")));
    }

    [Fact]
    public async Task Clear_FeaturesAndModels_GoneAndMadeAgain()
    {
        Package("a", DateTime.UtcNow);
        string[] score = ["score", "--image", Directory.GetFiles(Repository.Pictures)[0], "--text", "a star", "--store", folder.File("store")];
        await CommandRun.Of(score);

        var shown = await Cache();
        var json = (await Cache("show", "--json")).Json;
        var cleared = await Cache("clear", "--features", "--models", "--json");
        var after = (await Cache("show", "--json")).Json;
        var again = await CommandRun.Of(score);

        Assert.Matches(@"image features\s+\S+\s+1\s+[\d.]+ kB\s+10 GB", shown.Output);
        Assert.Matches(@"imported models\s+\S+\s+1\s+[\d.]+ MB\s+20 GB", shown.Output);
        Assert.Single(json.GetProperty("features").GetProperty("by_model").EnumerateObject());
        Assert.Equal((1, 1), (cleared.Json.GetProperty("features_deleted").GetInt32(), cleared.Json.GetProperty("models_deleted").GetInt32()));
        Assert.True(cleared.Json.GetProperty("bytes_freed").GetInt64() > 100_000);
        Assert.Equal(0, after.GetProperty("features").GetProperty("files").GetInt32());
        Assert.Empty(after.GetProperty("models").GetProperty("packages").EnumerateArray());
        Assert.Equal(0, again.Code);
    }

    [Fact]
    public async Task Clear_NothingSaid_SaysWhatCanBeCleared()
    {
        var run = await Cache("clear");

        Assert.Equal((2, "cache clear needs --features, --models or both: what to delete."), (run.Code, run.Error.Trim()));
    }

    [Fact]
    public void Trim_BeyondTheLimit_TheLeastRecentlyUsedGoesAndTheNewOneStays()
    {
        var now = DateTime.UtcNow;
        var (old, used, fresh) = (Package("old", now.AddDays(-2)), Package("used", now.AddDays(-3)), Package("fresh", now.AddDays(-9)));
        PackageCache.Use(used);

        var deleted = PackageCache.Trim(fresh, maxBytes: PackageCache.List()[0].Bytes);

        Assert.Equal([old], deleted.Select(package => package.Path));
        Assert.Equal([used, fresh], PackageCache.List().Select(package => package.Path));
    }

    /// <summary>A package in the cache.</summary>
    static string Package(string name, DateTime used)
    {
        var path = Path.Combine(PackageCache.Root, name);
        Directory.CreateDirectory(PackageCache.Root);
        PackageBuilder.Random(Repository.Golden("tiny-stride6"), path);
        Directory.SetLastWriteTimeUtc(path, used);
        return path;
    }

    Task<CommandRun> Cache(params string[] args) => CommandRun.Of(["cache", .. args, "--store", folder.File("store")]);
}
