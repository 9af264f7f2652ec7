namespace MplugCluster.Training.Scenes;

/// <summary>True sentences about a scene, in the phrasings of the sample scenes.</summary>
static class SceneCaptions
{
    const double SaysSize = 0.7;
    const double SaysPattern = 0.85;
    const double Sentence = 0.28;

    static readonly Dictionary<string, string[]> Relations = new(StringComparer.Ordinal)
    {
        ["above"] = ["above"],
        ["below"] = ["below", "under"],
        ["left"] = ["left of", "to the left of"],
        ["right"] = ["right of", "to the right of"],
    };

    static readonly Dictionary<string, string> Opposite = new(StringComparer.Ordinal)
    { ["above"] = "below", ["below"] = "above", ["left"] = "right", ["right"] = "left" };

    /// <summary>Different captions of a scene.</summary>
    public static string[] Of(Scene scene, int count, Random random)
    {
        var captions = new List<string>();
        for (var tries = 0; captions.Count < count && tries < 1000; tries++)
        {
            var caption = scene.Objects.Count == 1 ? Single(scene, random) : Several(scene, random);
            if (!captions.Contains(caption, StringComparer.OrdinalIgnoreCase))
                captions.Add(caption);
        }

        return [.. captions];
    }

    /// <summary>One shape: what it is, and where or on what.</summary>
    static string Single(Scene scene, Random random)
    {
        var (only, name) = (scene.Objects[0], scene.Objects[0].Name());
        var row = Row(only);
        return random.Next(3) switch
        {
            0 => $"{name} {Background(scene, random)}",
            1 => $"there is {name} {row} {Background(scene, random)}",
            _ => Column(only) is { } column ? $"{name} {row} {column}" : $"{name} {row}",
        };
    }

    static string Several(Scene scene, Random random)
    {
        var swapped = random.Next(2) == 1;
        var (first, second) = swapped ? (scene.Objects[1], scene.Objects[0]) : (scene.Objects[0], scene.Objects[1]);
        var relation = Scene.Relation(scene.Objects[0], scene.Objects[1])!;
        var words = Relations[swapped ? Opposite[relation] : relation];
        var related = $"{Name(first, random)} {words[random.Next(words.Length)]} {Name(second, random)}";
        var caption = random.Next(5) switch
        {
            0 => $"{Name(scene.Objects[0], random)} and {Name(scene.Objects[1], random)} {Background(scene, random)}",
            1 => $"{related} {Background(scene, random)}",
            2 => related,
            3 => $"there is {related}",
            _ => $"the picture shows {related}",
        };
        if (scene.Objects.Count == 3)
            caption += $" with {Name(scene.Objects[2], random)}";
        return random.NextDouble() < Sentence ? $"{char.ToUpperInvariant(caption[0])}{caption[1..]}." : caption;
    }

    static string Name(SceneObject shape, Random random) => shape.Name(random.NextDouble() < SaysSize, random.NextDouble() < SaysPattern);

    static string Background(Scene scene, Random random)
    {
        var name = SceneWords.Backgrounds[scene.Background].Name;
        return random.Next(3) switch
        {
            0 => $"on a {name} background",
            1 => $"in front of {name}",
            _ => $"against a {name} backdrop",
        };
    }

    static string Row(SceneObject shape) => shape.Y switch { < 1.0 / 3 => "at the top", > 2.0 / 3 => "at the bottom", _ => "in the middle" };

    static string? Column(SceneObject shape) => shape.X switch { < 1.0 / 3 => "on the left", > 2.0 / 3 => "on the right", _ => null };
}
