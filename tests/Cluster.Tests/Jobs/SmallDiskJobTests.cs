using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>A job whose store is a file system that runs full, or becomes read-only, while the job runs.</summary>
public sealed class SmallDiskJobTests
{
    const int Queries = 12;

    [Fact]
    public async Task Rank_StoreRunsFull_WaitsWithTheReasonAndGoesOn()
    {
        using var disk = SmallDisk.Mount();
        await Check(disk, () =>
        {
            disk.Fill();
            return Task.CompletedTask;
        }, disk.MakeRoom, "No space left on device");
    }

    [Fact]
    public async Task Rank_StoreBecomesReadOnly_WaitsWithTheReasonAndGoesOn()
    {
        using var disk = SmallDisk.Mount();
        await Check(disk, disk.MakeReadOnly, disk.MakeWritable, "Read-only file system");
    }

    static async Task Check(SmallDisk disk, Func<Task> spoil, Action repair, string reason)
    {
        await using var corpus = await RankedCorpus.Start(directory: disk.Path);
        foreach (var engine in corpus.Model.Engines.Values)
            engine.Close();
        Assert.Equal(JobCallStatus.Ok, (await corpus.Submit("job", Queries)).Status);
        await corpus.Held();
        await spoil();
        corpus.Model.OpenAll();

        var waiting = await corpus.Until("job", job => job.Message?.Contains(reason) ?? false);
        Assert.Equal(JobStatus.Running, waiting.Status);
        Assert.StartsWith("The store failed at '", waiting.Message);

        repair();
        var done = await corpus.Done("job");
        Assert.Equal((0, (string?)null), (done.ItemsFailed, done.Message));
        Assert.Equal(RankedCorpus.Expected("job", Queries), await corpus.Rows("job"));
    }
}
