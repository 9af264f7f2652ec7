namespace MplugCluster.Training.Scenes;

/// <summary>What a caption says of a scene, whatever its phrasing.</summary>
/// <param name="Shapes">One to three shapes that are there.</param>
/// <param name="Relation">How the first lies to the second; null when it is left out.</param>
/// <param name="Background">Number in <see cref="SceneWords.Backgrounds"/>; null when it is left out.</param>
/// <param name="Row">Where the first is from top to bottom, as <see cref="SceneObject.Row"/>; null when it is left out.</param>
/// <param name="Column">Where the first is from left to right, as <see cref="SceneObject.Column"/>; null when it is left out.</param>
sealed record SceneStatement(IReadOnlyList<SceneShapeName> Shapes, string? Relation = null, int? Background = null, string? Row = null, string? Column = null)
{
    /// <summary>Whether it is true of a scene.</summary>
    public bool IsTrueOf(Scene scene) => (Background ?? scene.Background) == scene.Background && Holds(scene, []);

    /// <summary>Tries every shape of the scene for the next name, beside those that were taken for the names before it.</summary>
    bool Holds(Scene scene, SceneObject[] taken)
    {
        if (taken.Length < Shapes.Count)
            return scene.Objects.Any(shape => !taken.Contains(shape) && Shapes[taken.Length].Fits(shape) && Holds(scene, [.. taken, shape]));
        return (Relation is null || Scene.Relation(taken[0], taken[1]) == Relation)
            && (Row is null || taken[0].Row == Row)
            && (Column is null || taken[0].Column == Column);
    }
}
