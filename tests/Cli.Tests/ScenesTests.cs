namespace MplugCluster.Cli.Tests;

/// <summary><c>mplug scenes</c>.</summary>
public sealed class ScenesTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Scenes_Count_PicturesAndAnnotations()
    {
        var run = await CommandRun.Of("scenes", "--count", "3", "--seed", "9", "--out", folder.File("s"), "--json");

        Assert.Equal(0, run.Code);
        Assert.Equal(15, run.Json.GetProperty("captions").GetInt32());
        Assert.Equal(3, Directory.GetFiles(folder.File("s/pictures"), "*.png").Length);
        Assert.True(File.Exists(folder.File("s/train.json")) && File.Exists(folder.File("s/test.json")));
    }

    [Theory]
    [InlineData(2, "--count is 0", "--count", "0")]
    [InlineData(2, "--captions is 11", "--count", "1", "--captions", "11")]
    [InlineData(2, "--alike is 9; it must be from 1 to 8.", "--count", "1", "--alike", "9")]
    public async Task Scenes_NumbersThatCannotBe_SaysWhy(int code, string message, params string[] flags)
    {
        var run = await CommandRun.Of(["scenes", "--out", folder.File("s"), .. flags]);

        Assert.Equal((code, true), (run.Code, run.Error.Contains(message)));
    }

    [Fact]
    public async Task Scenes_DirectoryInUse_Fails()
    {
        File.WriteAllText(folder.File("a"), "");

        var run = await CommandRun.Of("scenes", "--count", "1", "--out", folder.Path);

        Assert.Equal(2, run.Code);
        Assert.Contains("scenes are written to a new directory", run.Error);
    }
}
