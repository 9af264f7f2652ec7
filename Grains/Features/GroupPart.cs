using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Features;

/// <summary>Some texts of one picture's group.</summary>
/// <param name="Group">The group's number.</param>
/// <param name="First">Number of the first text within the group.</param>
/// <param name="Picture">The picture.</param>
/// <param name="Texts">The texts.</param>
sealed record GroupPart(int Group, int First, PictureReference Picture, int[] Texts);
