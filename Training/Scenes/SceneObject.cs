namespace MplugCluster.Training.Scenes;

/// <summary>A coloured shape. Places and sizes are shares of the picture.</summary>
/// <param name="Color">Number in <see cref="SceneWords.Colors"/>.</param>
/// <param name="Form">Number in <see cref="SceneWords.Forms"/>.</param>
/// <param name="Pattern">Number in <see cref="SceneWords.Patterns"/>.</param>
/// <param name="Large">Large, or small.</param>
/// <param name="X">Middle from the left, as a share of the width.</param>
/// <param name="Y">Middle from the top, as a share of the height.</param>
/// <param name="Radius">Outer radius, as a share of the shorter side.</param>
/// <param name="Angle">Turn in radians.</param>
sealed record SceneObject(int Color, int Form, int Pattern, bool Large, double X, double Y, double Radius, double Angle)
{
    /// <summary>What it is, whole or in part: captions may leave out size and pattern.</summary>
    public string Name(bool size = true, bool pattern = true)
    {
        string[] words =
        [
            .. size ? (string[])[Large ? "large" : "small"] : [],
            .. pattern && Pattern > 0 ? (string[])[SceneWords.Patterns[Pattern]] : [],
            SceneWords.Colors[Color].Name,
            SceneWords.Forms[Form],
        ];
        return $"{("aeiou".Contains(words[0][0], StringComparison.Ordinal) ? "an" : "a")} {string.Join(' ', words)}";
    }
}
