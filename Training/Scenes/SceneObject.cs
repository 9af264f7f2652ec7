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
    /// <summary>Shares of the picture at which top and left end; bottom and right begin as far from the other end.</summary>
    const double First = 0.4;

    /// <summary>In words: at the top, in the middle, at the bottom.</summary>
    public string Row => Y switch { < First => "at the top", > 1 - First => "at the bottom", _ => "in the middle" };

    /// <summary>In words: on the left, on the right; null in the middle.</summary>
    public string? Column => X switch { < First => "on the left", > 1 - First => "on the right", _ => null };

    /// <summary>A random radius of a size.</summary>
    public static double RandomRadius(bool large, Random random) => large ? 0.2 + 0.05 * random.NextDouble() : 0.105 + 0.02 * random.NextDouble();

    /// <summary>The same shape at a random place of a picture, wholly in it.</summary>
    /// <param name="width">Pixels of the picture.</param>
    /// <param name="height">Pixels of the picture.</param>
    /// <param name="random">Chooses.</param>
    public SceneObject Anywhere(int width, int height, Random random)
    {
        double shorter = Math.Min(width, height), marginX = Radius * shorter / width, marginY = Radius * shorter / height;
        return this with { X = marginX + (1 - 2 * marginX) * random.NextDouble(), Y = marginY + (1 - 2 * marginY) * random.NextDouble() };
    }
}
