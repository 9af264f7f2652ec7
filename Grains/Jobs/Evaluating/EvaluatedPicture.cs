using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>A picture of the set with its content hash, or why it cannot be used.</summary>
sealed record EvaluatedPicture(PictureReference? Picture, ItemError? Error);
