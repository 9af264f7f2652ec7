namespace MplugCluster.Grains.Inference;

/// <summary>What explaining pairs needs to know of a model.</summary>
/// <param name="Layers">Fusion layers; they count from 0.</param>
/// <param name="Grid">Patches along one side of a picture.</param>
/// <param name="Piece">The piece that a token id stands for: <c>red</c>, <c>##ly</c>, <c>[CLS]</c>; null for an unknown id.</param>
public sealed record ExplainedModel(int Layers, int Grid, Func<int, string?> Piece)
{
    /// <summary>
    /// The layer that is shown when nobody says otherwise: the middle one, layer 3 of the published model's 0 to 5. Words find their places there
    /// best in the model that ships (AttentionPlacesTests has the figures), and ALBEF's own pictures come from a middle layer too.
    /// </summary>
    public int DefaultLayer => Layers / 2;
}
