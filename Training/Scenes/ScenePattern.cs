namespace MplugCluster.Training.Scenes;

/// <summary>Stripes or dots across a shape.</summary>
/// <param name="kind">Number in <see cref="SceneWords.Patterns"/>.</param>
/// <param name="shorter">Shorter side of the picture in pixels.</param>
/// <param name="random">Where stripes and dots begin.</param>
sealed class ScenePattern(int kind, double shorter, Random random)
{
    /// <summary>Stripes stand closer than dots, so that a small shape shows two of either.</summary>
    readonly double period = shorter * ((kind == 1 ? 0.05 : 0.07) + 0.008 * random.NextDouble());
    readonly double shift = random.NextDouble();

    /// <summary>Whether a point, in pixels from the shape's middle, lies on a stripe or dot.</summary>
    public bool IsDark(double x, double y) => kind switch
    {
        1 => Part((x + y) / Math.Sqrt(2) / period + shift) < 0.5,
        2 => IsDot(x / period + shift, y / period + shift),
        _ => false,
    };

    /// <summary>Dots stand in the middles of a square grid's cells.</summary>
    static bool IsDot(double x, double y)
    {
        var (u, v) = (Part(x) - 0.5, Part(y) - 0.5);
        return u * u + v * v < 0.09;
    }

    static double Part(double value) => value - Math.Floor(value);
}
