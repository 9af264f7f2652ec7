using Orleans.Placement;

namespace MplugCluster.Grains.Placement;

/// <summary>Puts a grain on the silo that has the device in its key.</summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class DevicePlacementAttribute() : PlacementAttribute(new DevicePlacement());
