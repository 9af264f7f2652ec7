namespace MplugCluster.Tests;

/// <summary>Finds the repository's own data from wherever the tests run.</summary>
static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Names of the golden sets.</summary>
    public static readonly string[] GoldenSets = ["tiny-stride3", "tiny-stride6", "tiny-base"];

    public static string Golden(string set) => Path("tests", "golden", set);

    /// <summary>The model package that ships, trained by <c>models/recipe</c>.</summary>
    public static string ShippedModel => Path("models", "scenes");

    /// <summary>A package of the same size, trained with the reference's code, whose scores of the samples are in <c>tests/scenes/expected</c>.</summary>
    public static string Scenes => Path("tests", "scenes", "package");

    /// <summary>Its sample pictures.</summary>
    public static string Pictures => Path("samples", "pictures");

    static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "MplugCluster.sln")))
                return directory.FullName;
        }

        throw new DirectoryNotFoundException($"MplugCluster.sln stands in no folder above {AppContext.BaseDirectory}.");
    }
}
