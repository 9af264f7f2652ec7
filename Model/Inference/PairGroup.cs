namespace MplugCluster.Model.Inference;

/// <summary>One picture and the texts it is scored against: its keys and values are computed once for all of them.</summary>
public sealed record PairGroup(ImageFeatures Image, IReadOnlyList<TextFeatures> Texts);
