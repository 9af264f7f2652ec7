using System.Text.Json;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Inference;
using MplugCluster.Grains.Placement;
using MplugCluster.Silo.Options;
using Orleans.Runtime;

namespace MplugCluster.Gateway.Clusters;

/// <summary>Asks everybody at once how they are. Who does not answer in time is shown as such, and keeps nobody else from being shown.</summary>
sealed class ClusterView(
    IGrainFactory grains, IClusterMembershipService membership, IDeviceRingSource ring, SiloModel model, MplugOptions options, TimeProvider time)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<ClusterInfo> Look(CancellationToken cancellation)
    {
        var devices = ring.Current.Devices.Select(device => Device(device, cancellation)).ToArray();
        var silos = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status != SiloStatus.Dead)
            .OrderBy(member => member.Name, StringComparer.Ordinal)
            .Select(member => Silo(member, cancellation)).ToArray();
        return new ClusterInfo(model.Fingerprint, time.GetUtcNow(), await Task.WhenAll(silos), await Task.WhenAll(devices), options.Cluster.Dashboard);
    }

    async Task<DeviceInfo> Device(RingDevice device, CancellationToken cancellation)
    {
        var (status, fault) = await Ask(() => grains.GetGrain<IInferenceGrain>(device.Key).Status(cancellation), cancellation);
        return status is null
            ? new DeviceInfo(device.Key, device.Silo, false, fault)
            : new DeviceInfo(
                device.Key, device.Silo, status.Ready, status.Message, status.QueueLength, status.QueueMs,
                status.ImagesEncoded, status.TextsEncoded, status.PairsScored, status.ImageMs, status.TextMs, status.PairMs);
    }

    async Task<SiloInfo> Silo(ClusterMember member, CancellationToken cancellation)
    {
        var cache = Cache(member.Name, cancellation);
        var (statistics, fault) = await Ask(
            async () => (await grains.GetGrain<IManagementGrain>(0).GetRuntimeStatistics([member.SiloAddress]))[0], cancellation);
        var environment = statistics?.EnvironmentStatistics;
        return new SiloInfo(
            member.Name,
            member.SiloAddress.Endpoint.ToString(),
            JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Status.ToString()),
            environment?.FilteredCpuUsagePercentage,
            environment?.RawMemoryUsageBytes,
            environment?.MaximumAvailableMemoryBytes,
            statistics?.ActivationCount,
            await cache,
            fault);
    }

    /// <summary>A silo has one cache, whichever of its devices is asked.</summary>
    async Task<CacheInfo?> Cache(string silo, CancellationToken cancellation)
    {
        if (ring.Current.Devices.FirstOrDefault(device => device.Silo == silo) is not { } device)
            return null;
        var (status, _) = await Ask(() => grains.GetGrain<IInferenceGrain>(device.Key).Cache(cancellation), cancellation);
        return status is null ? null : new CacheInfo(
            status.Bytes, status.BudgetBytes, status.ImagesFromMemory, status.ImagesFromStore, status.ImagesComputed,
            status.TextsFromMemory, status.TextsComputed);
    }

    static async Task<(T? Answer, string? Fault)> Ask<T>(Func<Task<T>> call, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return (await call().WaitAsync(Patience, cancellation), null);
        }
        catch (TimeoutException)
        {
            return (null, "It has not answered in time; it may be overloaded, or gone.");
        }
        catch (OrleansException)
        {
            return (null, "It cannot be reached; if its silo has died, it leaves this list within seconds.");
        }
    }
}
