namespace MplugCluster.Training.Scenes;

/// <summary>One to three shapes on a background.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Background">Number in <see cref="SceneWords.Backgrounds"/>.</param>
/// <param name="Objects">The shapes; they do not touch.</param>
sealed record Scene(int Width, int Height, int Background, IReadOnlyList<SceneObject> Objects)
{
    const double Gap = 0.04;

    /// <summary>By how much of the picture two shapes must lie apart for one to be above, below, left or right of the other.</summary>
    const double Apart = 0.16;

    static readonly (int Width, int Height)[] Sizes = [(128, 96), (160, 120), (144, 144), (120, 160), (200, 150)];

    /// <summary>Whether every shape is in the picture, none touches or looks like another, and of several some lie clearly to each other.</summary>
    public bool IsSound =>
        Objects.All(IsInside)
        && Objects.All(first => Objects.All(second => ReferenceEquals(first, second) || Fits(first, second, Width, Height)))
        && (Objects.Count == 1 || Related().Any());

    /// <summary>A random scene.</summary>
    public static Scene Random(Random random)
    {
        var (width, height) = Sizes[random.Next(Sizes.Length)];
        var count = random.NextDouble() switch { < 0.19 => 1, < 0.845 => 2, _ => 3 };
        while (true)
        {
            var objects = new List<SceneObject>();
            for (var tries = 0; objects.Count < count && tries < 100; tries++)
            {
                var next = RandomObject(random, width, height);
                if (objects.All(other => Fits(other, next, width, height)))
                    objects.Add(next);
            }

            var scene = new Scene(width, height, random.Next(SceneWords.Backgrounds.Length), objects);
            if (objects.Count == count && scene.IsSound)
                return scene;
        }
    }

    /// <summary>How the first lies to the second: <c>above</c>, <c>below</c>, <c>left</c> or <c>right</c>; null when neither is clear.</summary>
    public static string? Relation(SceneObject first, SceneObject second)
    {
        var (right, down) = (first.X - second.X, first.Y - second.Y);
        if (Math.Max(Math.Abs(right), Math.Abs(down)) < Apart || Math.Abs(Math.Abs(right) - Math.Abs(down)) < 0.03)
            return null;
        return Math.Abs(right) > Math.Abs(down) ? right < 0 ? "left" : "right" : down < 0 ? "above" : "below";
    }

    /// <summary>Every ordered pair of shapes whose relation is clear, by their numbers.</summary>
    public IEnumerable<(int First, int Second, string Relation)> Related() =>
        from first in Enumerable.Range(0, Objects.Count)
        from second in Enumerable.Range(0, Objects.Count)
        where first != second
        let relation = Relation(Objects[first], Objects[second])
        where relation is not null
        select (first, second, relation);

    static SceneObject RandomObject(Random random, int width, int height)
    {
        var large = random.Next(2) == 1;
        var radius = SceneObject.RandomRadius(large, random);
        var form = random.Next(SceneWords.Forms.Length);
        var color = random.Next(SceneWords.Colors.Length);
        var pattern = random.NextDouble() switch { < 0.52 => 0, < 0.78 => 1, _ => 2 };
        var shape = new SceneObject(color, form, pattern, large, 0, 0, radius, 0).Anywhere(width, height, random);
        return shape with { Angle = SceneForm.RandomAngle(form, random) };
    }

    bool IsInside(SceneObject shape)
    {
        double shorter = Math.Min(Width, Height), marginX = shape.Radius * shorter / Width, marginY = shape.Radius * shorter / Height;
        return shape.X >= marginX && shape.X <= 1 - marginX && shape.Y >= marginY && shape.Y <= 1 - marginY;
    }

    /// <summary>Shapes neither touch nor look alike.</summary>
    static bool Fits(SceneObject a, SceneObject b, int width, int height)
    {
        double shorter = Math.Min(width, height), right = (a.X - b.X) * width / shorter, down = (a.Y - b.Y) * height / shorter;
        return Math.Sqrt(right * right + down * down) > a.Radius + b.Radius + Gap && (a.Color, a.Form) != (b.Color, b.Form);
    }
}
