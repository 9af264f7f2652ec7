namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>One picture and the texts to score it against.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="Texts">Indices into <see cref="PairScoringRequest.TokenIds"/>.</param>
[GenerateSerializer, Immutable, Alias("mplug.PictureTexts")]
public sealed record PictureTexts([property: Id(0)] PictureReference Picture, [property: Id(1)] int[] Texts);
