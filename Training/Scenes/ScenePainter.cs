namespace MplugCluster.Training.Scenes;

/// <summary>Paints a scene: a cloudy background, shapes with smooth edges, and a little noise.</summary>
sealed class ScenePainter(Scene scene, Random random)
{
    const int Samples = 3;
    const int CloudCells = 5;
    const double CloudStrength = 0.09;
    const double NoiseStrength = 4;
    const double ColorJitter = 10;

    readonly double shorter = Math.Min(scene.Width, scene.Height);

    /// <summary>The picture, <c>[height, width, 3]</c> bytes.</summary>
    public byte[] Paint()
    {
        var canvas = Background();
        foreach (var shape in scene.Objects)
            Paint(shape, canvas);
        return [.. canvas.Select(value => (byte)Math.Clamp(value + NoiseStrength * (random.NextDouble() - 0.5), 0, 255))];
    }

    /// <summary>A colour that is a little lighter and darker from place to place, and towards one end.</summary>
    double[] Background()
    {
        var (_, red, green, blue) = SceneWords.Backgrounds[scene.Background];
        var clouds = new double[(CloudCells + 1) * (CloudCells + 1)];
        for (var i = 0; i < clouds.Length; i++)
            clouds[i] = 2 * random.NextDouble() - 1;
        var slope = (random.NextDouble() - 0.5) * 0.16;
        var canvas = new double[3 * scene.Width * scene.Height];
        for (var y = 0; y < scene.Height; y++)
        {
            for (var x = 0; x < scene.Width; x++)
            {
                var light = 1 + CloudStrength * Cloud(clouds, x / (double)scene.Width, y / (double)scene.Height)
                    + slope * (y / (double)scene.Height - 0.5) + 0.03 * (random.NextDouble() - 0.5);
                var at = 3 * (y * scene.Width + x);
                (canvas[at], canvas[at + 1], canvas[at + 2]) = (red * light, green * light, blue * light);
            }
        }

        return canvas;
    }

    static double Cloud(double[] cells, double x, double y)
    {
        var (left, top) = ((int)(x * CloudCells), (int)(y * CloudCells));
        var (right, down) = (Smooth(x * CloudCells - left), Smooth(y * CloudCells - top));
        var row = CloudCells + 1;
        var above = cells[top * row + left] * (1 - right) + cells[top * row + left + 1] * right;
        var below = cells[(top + 1) * row + left] * (1 - right) + cells[(top + 1) * row + left + 1] * right;
        return above * (1 - down) + below * down;

        static double Smooth(double t) => t * t * (3 - 2 * t);
    }

    /// <summary>Every pixel by how much of it the shape and its pattern cover.</summary>
    void Paint(SceneObject shape, double[] canvas)
    {
        var (color, dark) = Colors(shape);
        double radius = shape.Radius * shorter, middleX = shape.X * scene.Width, middleY = shape.Y * scene.Height;
        var pattern = new ScenePattern(shape.Pattern, shorter, random);
        var (cos, sin) = (Math.Cos(shape.Angle), Math.Sin(shape.Angle));
        for (var y = Math.Max(0, (int)(middleY - radius - 1)); y < Math.Min(scene.Height, middleY + radius + 2); y++)
        {
            for (var x = Math.Max(0, (int)(middleX - radius - 1)); x < Math.Min(scene.Width, middleX + radius + 2); x++)
            {
                int covered = 0, darkened = 0;
                for (var sample = 0; sample < Samples * Samples; sample++)
                {
                    var (dx, dy) = (
                        x + (sample % Samples + 0.5) / Samples - middleX,
                        y + (sample / Samples + 0.5) / Samples - middleY);
                    var (u, v) = ((cos * dx + sin * dy) / radius, (cos * dy - sin * dx) / radius);
                    if (!SceneForm.Contains(shape.Form, u, v))
                        continue;
                    covered++;
                    if (pattern.IsDark(dx, dy))
                        darkened++;
                }

                for (var channel = 0; channel < 3; channel++)
                {
                    ref var value = ref canvas[3 * (y * scene.Width + x) + channel];
                    const double All = Samples * Samples;
                    value = (value * (All - covered) + color[channel] * (covered - darkened) + dark[channel] * darkened) / All;
                }
            }
        }
    }

    (double[] Color, double[] Pattern) Colors(SceneObject shape)
    {
        var (_, red, green, blue) = SceneWords.Colors[shape.Color];
        double[] color = [.. ((double[])[red, green, blue]).Select(value => Math.Clamp(value + ColorJitter * (2 * random.NextDouble() - 1), 0, 255))];

        // The pattern of black and brown shapes is lighter, that of all others darker.
        return (color, [.. color.Select(value => Math.Max(red, Math.Max(green, blue)) < 140 ? value + 0.4 * (255 - value) : value * 0.42)]);
    }
}
