namespace MplugCluster.Training.Scenes;

/// <summary>True sentences about a scene, in the phrasings of the sample scenes.</summary>
static class SceneCaptions
{
    const double SaysSize = 0.7;
    const double SaysPattern = 0.85;
    const double SaysThird = 0.67;
    const double Sentence = 0.28;

    /// <summary>Shares of the picture at which top and left end; bottom and right begin as far from the other end.</summary>
    const double First = 0.4;

    static readonly Dictionary<string, string[]> Relations = new(StringComparer.Ordinal)
    {
        ["above"] = ["above"],
        ["below"] = ["below", "under"],
        ["left"] = ["left of", "to the left of"],
        ["right"] = ["right of", "to the right of"],
    };

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

    /// <summary>Two shapes and how they lie to each other; of three shapes, any two, and sometimes the third.</summary>
    static string Several(Scene scene, Random random)
    {
        var related = scene.Related().ToArray();
        var (first, second, relation) = related[random.Next(related.Length)];
        var words = Relations[relation];
        var (a, b) = (Name(scene.Objects[first], random), Name(scene.Objects[second], random));
        var pair = $"{a} {words[random.Next(words.Length)]} {b}";
        var caption = random.Next(5) switch
        {
            0 => $"{a} and {b} {Background(scene, random)}",
            1 => $"{pair} {Background(scene, random)}",
            2 => pair,
            3 => $"there is {pair}",
            _ => $"the picture shows {pair}",
        };
        if (scene.Objects.Count == 3 && random.NextDouble() < SaysThird)
            caption += $" with {Name(scene.Objects[3 - first - second], random)}";
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

    static string Row(SceneObject shape) => shape.Y switch { < First => "at the top", > 1 - First => "at the bottom", _ => "in the middle" };

    static string? Column(SceneObject shape) => shape.X switch { < First => "on the left", > 1 - First => "on the right", _ => null };
}
