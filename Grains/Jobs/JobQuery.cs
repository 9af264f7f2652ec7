using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs;

/// <summary>A query of a rank job: a text or a picture.</summary>
/// <param name="Id">Stands in the results.</param>
/// <param name="Text">The text.</param>
/// <param name="Picture">The picture; its content hash may be empty, then it is found when the picture is read.</param>
/// <param name="Error">Why the line of the input is no query.</param>
public sealed record JobQuery(string Id, string? Text = null, PictureReference? Picture = null, ItemError? Error = null);
