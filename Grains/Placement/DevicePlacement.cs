using Orleans.Runtime;

namespace MplugCluster.Grains.Placement;

/// <summary>A grain whose key begins with a device belongs on the silo that has it.</summary>
[GenerateSerializer, Immutable, Alias("mplug.DevicePlacement")]
sealed class DevicePlacement : PlacementStrategy;
