namespace MplugCluster.Training.Augmentation;

/// <summary>Two of ten operations, each done with probability one half, at strength 7 of 10.</summary>
/// <remarks>Source: Cubuk et al. 2019 (RandAugment); AliceMind mPLUG dataset/randaugment.py, dataset/__init__.py (RandomAugment(2, 7) and its ten operations).</remarks>
static class RandomAugment
{
    const int Operations = 2;
    const double Level = 7.0 / 10;
    const double MaxShear = 0.3;
    const double MaxTranslation = 10;
    const double MaxDegrees = 30;

    /// <summary>The reference's enhancing factor at this strength.</summary>
    const double Factor = Level * 1.8 + 0.1;

    static readonly Action<AugmentedImage, Random>[] All =
    [
        static (_, _) => { },
        static (image, _) => image.AutoContrast(),
        static (image, _) => image.Equalize(),
        static (image, _) => image.Brightness(Factor),
        static (image, _) => image.Sharpness(Factor),
        static (image, random) => image.Warp(1, Signed(MaxShear, random), 0, 0, 1, 0),
        static (image, random) => image.Warp(1, 0, 0, Signed(MaxShear, random), 1, 0),
        static (image, random) => image.Warp(1, 0, -Signed(MaxTranslation, random), 0, 1, 0),
        static (image, random) => image.Warp(1, 0, 0, 0, 1, -Signed(MaxTranslation, random)),
        static (image, random) => image.Rotate(Signed(MaxDegrees, random)),
    ];

    /// <summary>Names of the operations, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["Identity", "AutoContrast", "Equalize", "Brightness", "Sharpness", "ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate"];

    /// <summary>Changes a picture.</summary>
    public static void Apply(AugmentedImage image, Random random)
    {
        int[] chosen = [.. Enumerable.Range(0, Operations).Select(_ => random.Next(All.Length))];
        foreach (var operation in chosen)
        {
            if (random.NextDouble() <= 0.5)
                All[operation](image, random);
        }
    }

    /// <summary>One operation by name, for certain.</summary>
    public static void Apply(string operation, AugmentedImage image, Random random) => All[Names.ToList().IndexOf(operation)](image, random);

    static double Signed(double most, Random random) => random.Next(2) == 1 ? -most * Level : most * Level;
}
