using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace MplugCluster.Grains.Placement;

/// <summary>Finds the silo of a device by name; without one the call fails at once, and the caller asks the ring again.</summary>
sealed class DevicePlacementDirector(IClusterMembershipService membership) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var device = RingDevice.Parse(target.GrainIdentity.Key.ToString()!);
        var members = membership.CurrentSnapshot.Members;
        var silo = context.GetCompatibleSilos(target)
            .FirstOrDefault(silo => members.TryGetValue(silo, out var member) && member.Name == device.Silo && member.Status == SiloStatus.Active);
        return silo is not null
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"Silo '{device.Silo}' with device {device.Key} is not in the cluster.");
    }
}
