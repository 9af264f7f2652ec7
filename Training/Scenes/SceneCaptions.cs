namespace MplugCluster.Training.Scenes;

/// <summary>True sentences about a scene, in the phrasings of the sample scenes.</summary>
static class SceneCaptions
{
    const double SaysSize = 0.7;
    const double SaysPattern = 0.85;
    const double SaysThird = 0.67;
    const double Sentence = 0.28;

    static readonly Dictionary<string, string[]> Relations = new(StringComparer.Ordinal)
    {
        ["above"] = ["above"],
        ["below"] = ["below", "under"],
        ["left"] = ["left of", "to the left of"],
        ["right"] = ["right of", "to the right of"],
    };

    /// <summary>Different captions of a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="count">Captions; fewer when there are not so many.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="others">Scenes that no caption may be true of.</param>
    public static string[] Of(Scene scene, int count, Random random, params IEnumerable<Scene> others)
    {
        var captions = new List<string>();
        for (var tries = 0; captions.Count < count && tries < 1000; tries++)
        {
            var (says, caption) = scene.Objects.Count == 1 ? Single(scene, random) : Several(scene, random);
            if (!captions.Contains(caption, StringComparer.OrdinalIgnoreCase) && !others.Any(says.IsTrueOf))
                captions.Add(caption);
        }

        return [.. captions];
    }

    /// <summary>One shape: what it is, and where or on what.</summary>
    static (SceneStatement, string) Single(Scene scene, Random random)
    {
        var only = scene.Objects[0];
        var name = SceneShapeName.Of(only);
        var says = new SceneStatement([name]);
        return random.Next(3) switch
        {
            0 => (says with { Background = scene.Background }, $"{name} {Background(scene, random)}"),
            1 => (says with { Background = scene.Background, Row = only.Row }, $"there is {name} {only.Row} {Background(scene, random)}"),
            _ => (says with { Row = only.Row, Column = only.Column }, only.Column is { } column ? $"{name} {only.Row} {column}" : $"{name} {only.Row}"),
        };
    }

    /// <summary>Two shapes and how they lie to each other; of three shapes, any two, and sometimes the third.</summary>
    static (SceneStatement, string) Several(Scene scene, Random random)
    {
        var related = scene.Related().ToArray();
        var (first, second, relation) = related[random.Next(related.Length)];
        var words = Relations[relation];
        var (a, b) = (Name(scene.Objects[first], random), Name(scene.Objects[second], random));
        var pair = $"{a} {words[random.Next(words.Length)]} {b}";
        SceneStatement two = new([a, b]), placed = two with { Relation = relation };
        var (says, caption) = random.Next(5) switch
        {
            0 => (two with { Background = scene.Background }, $"{a} and {b} {Background(scene, random)}"),
            1 => (placed with { Background = scene.Background }, $"{pair} {Background(scene, random)}"),
            2 => (placed, pair),
            3 => (placed, $"there is {pair}"),
            _ => (placed, $"the picture shows {pair}"),
        };
        if (scene.Objects.Count == 3 && random.NextDouble() < SaysThird)
        {
            var third = Name(scene.Objects[3 - first - second], random);
            (says, caption) = (says with { Shapes = [a, b, third] }, $"{caption} with {third}");
        }

        return (says, random.NextDouble() < Sentence ? $"{char.ToUpperInvariant(caption[0])}{caption[1..]}." : caption);
    }

    static SceneShapeName Name(SceneObject shape, Random random) =>
        SceneShapeName.Of(shape, random.NextDouble() < SaysSize, random.NextDouble() < SaysPattern);

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
}
