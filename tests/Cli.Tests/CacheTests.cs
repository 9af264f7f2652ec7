using MplugCluster.Cli.Models;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Caches;
using MplugCluster.Model.Packages;

namespace MplugCluster.Cli.Tests;

/// <summary>Alone in its collection, because the place of the models' cache is an environment variable.</summary>
[Collection("environment")]
public sealed class CacheTests : IDisposable
{
    static readonly string Model = new('5', 32), Key = "ab" + new string('7', 62);

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
    public async Task Show_DirectoryWithoutAStore_NothingThereAndNothingMade()
    {
        Write($"store/features/{Model}/ab/{Key}");
        Write("store/.tmp/old");

        var run = await Cache("--json");

        Assert.Equal((0, 0), (run.Code, run.Json.GetProperty("features").GetProperty("files").GetInt32()));
        Assert.Equal([".tmp", "features"], Directory.GetFileSystemEntries(folder.File("store")).Select(Path.GetFileName).Order());
        Assert.True(File.Exists(folder.File("store/.tmp/old")));
    }

    [Fact]
    public async Task Clear_DirectoryWithoutAStore_SaysSoAndDeletesNothing()
    {
        Write($"store/features/{Model}/ab/{Key}");

        var run = await Cache("clear", "--features", "--models");

        Assert.Equal(2, run.Code);
        Assert.Equal(
            $"'{folder.File("store")}' is no store of mplug; nothing was deleted. "
            + "Write --store with the directory that mplug or a Gateway has used as its store.",
            run.Error.Trim());
        Assert.True(File.Exists(folder.File($"store/features/{Model}/ab/{Key}")));
    }

    [Theory]
    [InlineData(".cluster/lock")]
    [InlineData(".tmp/.lock")]
    public async Task Clear_StoreWithOtherFiles_OnlyFeaturesGo(string sign)
    {
        string[] others = ["features/notes.txt", $"features/{Model}/ab/{Key}.bak", $"features/{Model}/cd/{Key}", $"features/thesis/ab/{Key}", "corpora/c"];
        foreach (var file in others.Append(sign).Append($"features/{Model}/ab/{Key}"))
            Write($"store/{file}");

        var shown = (await Cache("show", "--json")).Json.GetProperty("features");
        var cleared = await Cache("clear", "--features", "--json");

        Assert.Equal((1, 1), (shown.GetProperty("files").GetInt32(), shown.GetProperty("by_model").GetProperty(Model).GetInt32()));
        Assert.Equal((1, 1), (cleared.Json.GetProperty("features_deleted").GetInt32(), cleared.Json.GetProperty("bytes_freed").GetInt32()));
        Assert.False(File.Exists(folder.File($"store/features/{Model}/ab/{Key}")));
        Assert.All(others, file => Assert.True(File.Exists(folder.File($"store/{file}")), file));
    }

    [Theory]
    [InlineData("features")]
    [InlineData("features/55555555555555555555555555555555")]
    [InlineData("features/55555555555555555555555555555555/ab")]
    public async Task Clear_LinkToAnotherDirectory_WhatIsThereStays(string link)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a right that tests do not have there.");
        var file = $"features/{Model}/ab/{Key}";
        Write($"other/{file}");
        Write("store/.cluster/lock");
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File($"store/{link}"))!);
        Directory.CreateSymbolicLink(folder.File($"store/{link}"), folder.File($"other/{link}"));

        var cleared = await Cache("clear", "--features", "--json");

        Assert.Equal((0, 0), (cleared.Code, cleared.Json.GetProperty("features_deleted").GetInt32()));
        Assert.True(File.Exists(folder.File($"other/{file}")));
    }

    [Fact]
    public async Task ShowAndClear_AServer_WhatItAnswers()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /v1/cache", new CacheReport(new CachedFeatures(3, 5_400_000, 10_000_000_000, new Dictionary<string, long> { [Model] = 5_400_000 }), new CachedMemory(7_000, 1_000_000)));
        server.On("POST /v1/cache/clear", new CacheCleared(3, 5_400_000));

        var shown = await server.Run("cache");
        var json = await server.Run("cache", "show", "--json");
        var cleared = await server.Run("cache", "clear", "--features");

        Assert.Matches(@"image features\s+store of the server\s+3\s+5.4 MB\s+10 GB", shown.Output);
        Assert.Matches($@"model {Model}\s+5.4 MB", shown.Output);
        Assert.Matches(@"features in memory\s+all silos\s+7 kB\s+1 MB", shown.Output);
        Assert.Equal((3, 5_400_000), (json.Json.GetProperty("features").GetProperty("files").GetInt32(), json.Json.GetProperty("features").GetProperty("by_model").GetProperty(Model).GetInt32()));
        Assert.Equal(1_000_000, json.Json.GetProperty("memory").GetProperty("max_bytes").GetInt32());
        Assert.Equal((0, "3 image features deleted, 5.4 MB freed."), (cleared.Code, cleared.Error.Trim()));
        Assert.Contains(("POST /v1/cache/clear", "{\"features\":true}"), server.Requests);
    }

    [Fact]
    public async Task ShowAndClear_AServerWithoutTheRight_SaysWhichIsNeeded()
    {
        await using var server = await FakeServer.Start();
        var refusal = new Problem("urn:mplug:forbidden", "The key may not do this", 403, "The key has the right 'read'; this needs 'admin'.");
        server.On("GET /v1/cache", refusal);
        server.On("POST /v1/cache/clear", refusal);

        foreach (var run in new[] { await server.Run("cache"), await server.Run("cache", "clear", "--features") })
            Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("this needs 'admin'", (await server.Run("cache")).Error);
    }

    [Theory]
    [InlineData("--models deletes models that were imported on this machine; leave --server out for that.", "clear", "--models", "--features", "--server", "http://x")]
    [InlineData("--server has a model and a store of its own; leave --model and --store out.", "--store", "s", "--server", "http://x")]
    [InlineData("--token belongs to --server.", "show", "--token", "x")]
    public async Task Cache_FlagsThatContradict_SaysSo(string message, params string[] args)
    {
        var run = await CommandRun.Of(["cache", .. args]);

        Assert.Equal((2, message), (run.Code, run.Error.Trim()));
    }

    [Theory]
    [InlineData("features/M/ab/K", true)]
    [InlineData("features/M/ab/K\n", false)]
    [InlineData("features/M/AB/K", false)]
    [InlineData("features/M/K", false)]
    [InlineData("features/Mf/ab/K", false)]
    [InlineData("features/M/ab/K/K", false)]
    [InlineData("other/features/M/ab/K", false)]
    public void IsFeature_Path_OnlyOfTheShapeThatClustersWrite(string path, bool isFeature) =>
        Assert.Equal(isFeature, FeatureFiles.IsFeature(path.Replace("M", Model, StringComparison.Ordinal).Replace("K", Key, StringComparison.Ordinal)));

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

    /// <summary>A file of one byte.</summary>
    void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(path))!);
        File.WriteAllText(folder.File(path), "x");
    }

    Task<CommandRun> Cache(params string[] args) => CommandRun.Of(["cache", .. args, "--store", folder.File("store")]);
}
