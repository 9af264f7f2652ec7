using MplugCluster.Grains.Features;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Inference;

namespace MplugCluster.Cluster.Tests.Features;

public sealed class FeatureStoreTests : IDisposable
{
    const string Key = "abcdef";

    static readonly ImageFeatures Features = new([1, 2], [3, 4, float.NaN]);

    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore store;

    public FeatureStoreTests() => store = new DirectoryObjectStore(folder.Path);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Read_AfterWrite_TheSameBits()
    {
        await Open(1000).Write(Key, Features, default);

        var read = await Open(1000).Read(Key, default);

        Assert.Equal(Features.Embedding, read!.Embedding);
        Assert.Equal(Features.Tokens, read.Tokens);
    }

    [Fact]
    public async Task Read_OtherFingerprint_Null()
    {
        await Open(1000).Write(Key, Features, default);

        Assert.Null(await new FeatureStore(store, "other", 1000).Read(Key, default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(14)]
    [InlineData(25)]
    [InlineData(-1)]
    public async Task Read_DamagedFile_NullAndRemoved(int byteToChange)
    {
        await Open(1000).Write(Key, Features, default);
        var file = Directory.GetFiles(Path.Combine(folder.Path, "features"), "*", SearchOption.AllDirectories).Single();
        var content = await File.ReadAllBytesAsync(file);
        if (byteToChange < 0)
            content = content[..^3];
        else
            content[byteToChange] ^= 0x40;
        await File.WriteAllBytesAsync(file, content);
        var features = Open(1000);

        Assert.Null(await features.Read(Key, default));

        Assert.Equal(1, features.Damaged);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Write_OverBudget_TheOldestLeave()
    {
        var features = Open(100);
        foreach (var key in new[] { "aa", "bb", "cc" })
            await features.Write(key, Features, default);

        Assert.Null(await features.Read("aa", default));
        Assert.NotNull(await features.Read("bb", default));
        Assert.NotNull(await features.Read("cc", default));
    }

    [Fact]
    public async Task Write_SameKeyAgain_CountedOnce()
    {
        var features = Open(100);
        foreach (var key in new[] { "aa", "bb", "bb", "bb" })
            await features.Write(key, Features, default);

        Assert.NotNull(await features.Read("aa", default));
        Assert.NotNull(await features.Read("bb", default));
    }

    [Fact]
    public async Task Write_AfterRestart_BudgetCountsWhatIsThere()
    {
        await Open(1000).Write("aa", Features, default);
        await Open(1000).Write("bb", Features, default);

        await Open(50).Write("cc", Features, default);

        Assert.Null(await Open(50).Read("aa", default));
        Assert.Null(await Open(50).Read("bb", default));
        Assert.NotNull(await Open(50).Read("cc", default));
    }

    [Fact]
    public async Task ReadAndWrite_StoreFails_CountedAndTheRequestGoesOn()
    {
        await store.Write("features", "a file where a folder should be"u8.ToArray(), WriteCondition.None);
        var features = Open(1000);

        await features.Write(Key, Features, default);

        Assert.Null(await features.Read(Key, default));
        Assert.InRange(features.Failures, 1, 2);
    }

    [Fact]
    public async Task ReadAndWrite_NoBudget_NothingKept()
    {
        await Open(0).Write(Key, Features, default);

        Assert.Null(await Open(0).Read(Key, default));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "features")));
    }

    FeatureStore Open(long budget) => new(store, "print", budget);
}
