using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs.Evaluating;

public sealed class EvaluatePathTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Evaluate_AnnotationsWithPathsThatLeadOut_LeftOutAndReported()
    {
        var root = Directory.CreateDirectory(folder.File("root")).FullName;
        var store = new DirectoryObjectStore(folder.File("store"));
        foreach (var name in new[] { "a.png", "b.png" })
            File.WriteAllText(Path.Combine(root, name), name);
        File.WriteAllText(Path.Combine(root, "set.json"), """
            [{"image": "a.png", "caption": ["an a"]}, {"image": "../c.png", "caption": ["a c"]}, {"image": "/d.png", "caption": ["a d"]},
             {"image": "b.png", "caption": ["a b"]}]
            """);
        var plan = new JobPlan
        {
            Id = "job",
            Kind = JobKind.Evaluate,
            Submitted = DateTimeOffset.UnixEpoch,
            Fingerprint = FakeModel.Fingerprint,
            Convention = "ms25",
            ItemsPerBlock = 4,
            PairsPerPart = 6,
            PicturesPerPart = 2,
            Input = new JobInput($"folder:{root}", "set.json", "json", $"folder:{root}"),
            Evaluate = new EvaluatePlan(2, 50),
        };
        await store.Write(JobPaths.IndexOf(plan.Id), JobJson.ToBytes(plan.Kind), WriteCondition.None);
        await store.Write(JobPaths.PlanOf(plan.Id), JobJson.ToBytes(plan), WriteCondition.IfAbsent);

        using var process = new JobProcess(store, root, "a");
        Assert.Equal(JobStatus.Done, await process.Run(plan));

        var errors = JsonLines.Read<ErrorLine>((await store.Read(JobPaths.ErrorsOf(plan.Id, 0)))!.Content);
        Assert.Equal(
            [
                new ErrorLine("../c.png", "invalid", $"Picture 2 of 'set.json': '../c.png' is not a path below 'folder:{root}': a segment is '.' or '..'."),
                new ErrorLine("/d.png", "invalid", $"Picture 3 of 'set.json': '/d.png' is not a path below 'folder:{root}': it begins with '/'."),
            ],
            errors);
    }
}
