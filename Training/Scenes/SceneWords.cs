namespace MplugCluster.Training.Scenes;

/// <summary>What there is in the world of scenes, by the words that captions use.</summary>
static class SceneWords
{
    /// <summary>Colours of objects, and red, green and blue of each.</summary>
    public static readonly (string Name, byte Red, byte Green, byte Blue)[] Colors =
    [
        ("red", 212, 38, 40), ("green", 45, 155, 60), ("blue", 30, 85, 190), ("yellow", 246, 212, 40), ("orange", 255, 140, 20),
        ("purple", 125, 50, 170), ("pink", 250, 130, 190), ("brown", 125, 75, 40), ("black", 20, 20, 22), ("white", 253, 253, 253),
    ];

    /// <summary>Backgrounds.</summary>
    public static readonly (string Name, byte Red, byte Green, byte Blue)[] Backgrounds =
        [("sky", 160, 205, 242), ("grass", 110, 164, 90), ("sand", 220, 198, 158), ("grey", 130, 130, 132), ("night", 36, 41, 69)];

    /// <summary>Forms of objects.</summary>
    public static readonly string[] Forms = ["circle", "square", "triangle", "star", "diamond", "hexagon", "cross", "ring"];

    /// <summary>Patterns; captions do not speak of the first.</summary>
    public static readonly string[] Patterns = ["plain", "striped", "dotted"];
}
