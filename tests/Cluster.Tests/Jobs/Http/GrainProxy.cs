using System.Reflection;
using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Cluster.Tests.Jobs.Http;

/// <summary>A factory of fake jobs, or one of them. Proxies must be made from a class that is open.</summary>
public class GrainProxy : DispatchProxy
{
    internal FakeJobs Jobs { get; set; } = null!;

    internal string? Id { get; set; }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (Id is not null)
        {
            Jobs.Calls.Enqueue($"{Id}.{targetMethod!.Name}");
            return Task.FromResult(Jobs.Replies.GetValueOrDefault((Id, targetMethod.Name)) ?? new JobReply(JobCallStatus.Ok, FakeJobs.Job(Id)));
        }

        Assert.Equal((nameof(IGrainFactory.GetGrain), typeof(IJobGrain)), (targetMethod!.Name, targetMethod.GetGenericArguments().Single()));
        var grain = Create<IJobGrain, GrainProxy>();
        var proxy = (GrainProxy)(object)grain;
        (proxy.Jobs, proxy.Id) = (Jobs, (string)args![0]!);
        return grain;
    }
}
