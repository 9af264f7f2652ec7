namespace MplugCluster.Cli.Tests;

/// <summary>A checkpoint directory as <c>--model</c>: imported once. Alone in its collection, because the cache's place is an environment variable.</summary>
[Collection("environment"), CollectionDefinition("environment", DisableParallelization = true)]
public sealed class ModelLocatorTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");

    public ModelLocatorTests() => Environment.SetEnvironmentVariable("XDG_CACHE_HOME", folder.File("cache"));

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", cache);
        folder.Dispose();
    }

    [Fact]
    public async Task Model_CheckpointDirectory_ImportedOnceAndAnewWhenItChanges()
    {
        var checkpoint = folder.File("checkpoint");
        Directory.CreateDirectory(checkpoint);
        foreach (var file in Directory.GetFiles(Repository.Path("tests", "scenes", "checkpoint")))
            File.Copy(file, Path.Combine(checkpoint, Path.GetFileName(file)));
        var picture = Directory.GetFiles(Repository.Pictures)[0];
        string[] score = ["score", "--image", picture, "--text", "a star", "--model", checkpoint, "--store", folder.File("store")];

        var first = await CommandRun.Of(score);
        var second = await CommandRun.Of(score);
        File.SetLastWriteTimeUtc(Path.Combine(checkpoint, "pytorch_model.bin"), DateTime.UtcNow.AddMinutes(-5));
        var third = await CommandRun.Of(score);

        Assert.Equal((0, 0, 0), (first.Code, second.Code, third.Code));
        Assert.Contains("Importing", first.Error);
        Assert.DoesNotContain("Importing", second.Error);
        Assert.Contains("Importing", third.Error);
        Assert.Equal(first.Output, second.Output);
    }
}
