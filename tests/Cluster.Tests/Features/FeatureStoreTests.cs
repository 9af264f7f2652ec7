using MplugCluster.Grains.Features;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

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
        Assert.Equal(Features.Tokens.ToSingles(), read.Tokens.ToSingles());
    }

    [Fact]
    public async Task Read_AfterWriteOfHalves_TheSameBitsInHalfTheBytes()
    {
        var halves = new ImageFeatures([1, 2], ImageTokens.Rounded([3, 4.0001f, float.NaN, 1e-7f], FeaturePrecision.Fp16));
        await Open(1000).Write(Key, halves, default);

        var read = await Open(1000).Read(Key, default);

        Assert.Equal(halves.Embedding, read!.Embedding);
        Assert.Equal(FeaturePrecision.Fp16, read.Tokens.Precision);
        Assert.Equal(halves.Tokens.Bytes, read.Tokens.Bytes);
        Assert.Equal(20 + 2 * 4 + 4 * 2, new FileInfo(File()).Length);
    }

    [Fact]
    public async Task Read_FileOfTheFirstFormat_StillThere()
    {
        // "MPF1", two numbers, one token, XXH3, then 1, 2 and 3: as written before there were halves.
        await store.Write(
            $"features/print/ab/{Key}",
            Convert.FromHexString("4D5046310200000001000000" + "627D81ACB9FB7779" + "0000803F0000004000004040"),
            WriteCondition.None);

        var read = await Open(1000).Read(Key, default);

        Assert.Equal([1, 2], read!.Embedding);
        Assert.Equal([3], read.Tokens.ToSingles());
    }

    [Theory]
    [InlineData("4D504630")]
    [InlineData("4D504633")]
    [InlineData("")]
    public async Task Read_FileOfAnotherFormat_AbsentAndRemoved(string mark)
    {
        await store.Write($"features/print/ab/{Key}", Convert.FromHexString(mark + new string('0', 80)), WriteCondition.None);

        Assert.Null(await Open(1000).Read(Key, default));

        Assert.Null(await store.Read($"features/print/ab/{Key}"));
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
        var file = File();
        var content = await System.IO.File.ReadAllBytesAsync(file);
        if (byteToChange < 0)
            content = content[..^3];
        else
            content[byteToChange] ^= 0x40;
        await System.IO.File.WriteAllBytesAsync(file, content);
        var features = Open(1000);

        Assert.Null(await features.Read(Key, default));

        Assert.Equal(1, features.Damaged);
        Assert.False(System.IO.File.Exists(file));
    }

    [Fact]
    public async Task Write_OverBudget_TheOldestLeave()
    {
        var features = Open(100);
        foreach (var key in new[] { "aa", "bb", "cc" })
            await features.Write(key, Features, default);
        await features.Settled;

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
        await features.Settled;

        Assert.NotNull(await features.Read("aa", default));
        Assert.NotNull(await features.Read("bb", default));
    }

    [Fact]
    public async Task Write_AfterRestart_BudgetCountsWhatIsThere()
    {
        await Open(1000).Write("aa", Features, default);
        await Open(1000).Write("bb", Features, default);

        var restarted = Open(50);
        await restarted.Write("cc", Features, default);
        await restarted.Settled;

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
        await features.Settled;

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

    string File() => Directory.GetFiles(Path.Combine(folder.Path, "features"), "*", SearchOption.AllDirectories).Single();

    FeatureStore Open(long budget) => new(store, "print", budget);
}
