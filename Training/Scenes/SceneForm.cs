namespace MplugCluster.Training.Scenes;

/// <summary>Which points belong to a form whose outermost points lie at distance 1 from its middle.</summary>
static class SceneForm
{
    const double RingHole = 0.55;
    const double CrossArm = 0.32;
    const double StarInner = 0.42;
    const double DiamondWidth = 0.6;

    /// <summary>Whether a point belongs to a form, y downwards.</summary>
    /// <param name="form">Number in <see cref="SceneWords.Forms"/>.</param>
    /// <param name="x">To the right of the middle.</param>
    /// <param name="y">Below the middle.</param>
    public static bool Contains(int form, double x, double y) => SceneWords.Forms[form] switch
    {
        "circle" => x * x + y * y <= 1,
        "square" => Math.Max(Math.Abs(x), Math.Abs(y)) <= Math.Sqrt(0.5),
        "triangle" => Polygon(x, y, 3, Math.Cos(Math.PI / 3)),
        "star" => Star(x, y),
        "diamond" => Math.Abs(x) / DiamondWidth + Math.Abs(y) <= 1,
        "hexagon" => Polygon(x, y, 6, Math.Cos(Math.PI / 6)),
        "cross" => Math.Max(Math.Abs(x), Math.Abs(y)) <= 0.95 && Math.Min(Math.Abs(x), Math.Abs(y)) <= CrossArm,
        _ => x * x + y * y is <= 1 and >= RingHole * RingHole,
    };

    /// <summary>How a form is turned, in radians; crosses and diamonds stand straight.</summary>
    /// <param name="form">Number in <see cref="SceneWords.Forms"/>.</param>
    /// <param name="random">Chooses.</param>
    public static double RandomAngle(int form, Random random) => SceneWords.Forms[form] is "cross" or "diamond" ? 0 : (random.NextDouble() - 0.5) * 0.4;

    /// <summary>A regular polygon with a corner at the top.</summary>
    static bool Polygon(double x, double y, int corners, double inner)
    {
        for (var side = 0; side < corners; side++)
        {
            var angle = (side + 0.5) * 2 * Math.PI / corners;
            if (x * Math.Sin(angle) - y * Math.Cos(angle) > inner)
                return false;
        }

        return true;
    }

    /// <summary>Five points: within half a point's angle the edge runs from the outer to the inner corner.</summary>
    static bool Star(double x, double y)
    {
        const double Half = Math.PI / 5;
        var (distance, angle) = (Math.Sqrt(x * x + y * y), Math.Atan2(x, -y));
        var turned = angle - 2 * Half * Math.Round(angle / (2 * Half));
        var (u, v) = (distance * Math.Cos(turned), distance * Math.Abs(Math.Sin(turned)));
        var (cornerU, cornerV) = (StarInner * Math.Cos(Half), StarInner * Math.Sin(Half));
        return (1 - u) * cornerV - v * (1 - cornerU) >= 0;
    }
}
