using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Evaluating;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Inference;

namespace MplugCluster.Cluster.Tests.Jobs.Evaluating;

public sealed class CaptionFilesTests : IDisposable
{
    const int Captions = JobShape.CaptionsPerPart + 40;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Get_SomeCaptions_SameBitsAndNeighboursInOneRead()
    {
        var store = new FaultyObjectStore(new DirectoryObjectStore(folder.Path));
        var features = Enumerable.Range(0, Captions).Select(i => new TextFeatures(Numbers(i, 5), Numbers(-i, 3 * (i % 4)), i % 4)).ToArray();
        foreach (var (part, some) in features.Chunk(JobShape.CaptionsPerPart).Index())
        {
            var file = PartFile.ToBytes(-1, some.Length, 0, [[1, 2, 3], .. some.Select(CaptionFiles.ToSection)]);
            await store.Write(JobPaths.PartOf("j", 0, 1, part), file, WriteCondition.IfAbsent);
        }

        var plan = new JobPlan
        {
            Id = "j",
            Kind = JobKind.Evaluate,
            Submitted = DateTimeOffset.UnixEpoch,
            Fingerprint = "f",
            Convention = "ms25",
            ItemsPerBlock = 4,
            PairsPerPart = 6,
            PicturesPerPart = 2,
            Evaluate = new EvaluatePlan(3, 0),
        };
        using var device = new DeviceSession("cpu", () => new FakeEngine("cpu"));
        var scope = new PartScope(plan, new InputSummary("i", 1, 10, Captions), new PartRequest("j", 0, 3, 0, 1000, []), device, Deadline.InBackground(60_000), store);
        var files = (await CaptionFiles.Read(scope))!;
        var before = store.Calls.Count(IsRead);
        int[] wanted = [0, 7, 8, 9, JobShape.CaptionsPerPart - 1, JobShape.CaptionsPerPart, Captions - 1];

        var read = await files.Get(scope, wanted, default);

        Assert.Equal(5, store.Calls.Count(IsRead) - before);
        foreach (var (expected, found) in wanted.Select(number => features[number]).Zip(read))
        {
            Assert.Equal(expected.Length, found.Length);
            Assert.Equal(expected.Embedding, found.Embedding);
            Assert.Equal(expected.Tokens, found.Tokens);
        }
    }

    static bool IsRead(StoreCall call) => call is { Operation: StoreOperation.Read, IsDone: false };

    static float[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }
}
