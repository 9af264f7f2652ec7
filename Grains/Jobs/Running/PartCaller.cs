using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Placement;
using Orleans.Runtime;

namespace MplugCluster.Grains.Jobs.Running;

/// <summary>Calls the part grain of a device. When no answer comes it waits for the membership's word on whether the silo is gone.</summary>
sealed class PartCaller(IGrainFactory grains, IClusterMembershipService membership, TimeProvider time) : IPartCaller
{
    /// <summary>Longer than it takes to declare a silo dead.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What a part may take beyond its time before nobody waits for it any more.</summary>
    static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    public async Task<PartLanding> Call(RingDevice device, PartRequest request, CancellationToken cancellation)
    {
        var silo = membership.CurrentSnapshot.Members.Values
            .FirstOrDefault(member => member.Name == device.Silo && member.Status == SiloStatus.Active)?.SiloAddress;
        using var own = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            return new PartLanding(await grains.GetGrain<IJobPartGrain>($"{device.Key}/jobs").Run(request, own.Token)
                .WaitAsync(TimeSpan.FromMilliseconds(request.BudgetMs) + Margin, time, cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await own.CancelAsync();
            return new PartLanding(null, false, "The job was stopped.");
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            // Nobody waits for it any more; if it still runs it need not.
            await own.CancelAsync();
            return new PartLanding(null, silo is not null && await HasDied(silo, cancellation), e.Message);
        }
    }

    /// <summary>A silo that leaves by itself was not killed by its work.</summary>
    async Task<bool> HasDied(SiloAddress silo, CancellationToken cancellation)
    {
        var asked = time.GetTimestamp();
        while (time.GetElapsedTime(asked) < Patience && !cancellation.IsCancellationRequested)
        {
            switch (membership.CurrentSnapshot.GetSiloStatus(silo))
            {
                case SiloStatus.Dead or SiloStatus.None:
                    return true;
                case SiloStatus.ShuttingDown or SiloStatus.Stopping:
                    return false;
            }

            await Task.WhenAny(Task.Delay(Glance, time, cancellation));
        }

        return false;
    }
}
