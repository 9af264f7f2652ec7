namespace MplugCluster.Training.Scenes;

/// <summary>What a caption says of a shape.</summary>
/// <param name="Color">Number in <see cref="SceneWords.Colors"/>.</param>
/// <param name="Form">Number in <see cref="SceneWords.Forms"/>.</param>
/// <param name="Pattern">Number in <see cref="SceneWords.Patterns"/>; null when it is left out, as it always is of plain shapes.</param>
/// <param name="Large">Large or small; null when it is left out.</param>
sealed record SceneShapeName(int Color, int Form, int? Pattern, bool? Large)
{
    /// <summary>The name of a shape, whole or in part.</summary>
    public static SceneShapeName Of(SceneObject shape, bool size = true, bool pattern = true) =>
        new(shape.Color, shape.Form, pattern && shape.Pattern > 0 ? shape.Pattern : null, size ? shape.Large : null);

    /// <summary>Whether a shape may be called so.</summary>
    public bool Fits(SceneObject shape) =>
        (shape.Color, shape.Form) == (Color, Form) && (Pattern ?? shape.Pattern) == shape.Pattern && (Large ?? shape.Large) == shape.Large;

    /// <summary>With its article.</summary>
    public override string ToString()
    {
        string[] words =
        [
            .. Large is { } large ? (string[])[large ? "large" : "small"] : [],
            .. Pattern is { } pattern ? (string[])[SceneWords.Patterns[pattern]] : [],
            SceneWords.Colors[Color].Name,
            SceneWords.Forms[Form],
        ];
        return $"{("aeiou".Contains(words[0][0], StringComparison.Ordinal) ? "an" : "a")} {string.Join(' ', words)}";
    }
}
