namespace MplugCluster.Grains.Sources;

/// <summary>What may be read.</summary>
/// <param name="Roots">Directories below which every folder may be.</param>
/// <param name="Containers">Names of Azure containers, or <see cref="AnyContainer"/>.</param>
public sealed record SourceSettings(IReadOnlyList<string> Roots, IReadOnlyList<string> Containers)
{
    /// <summary>Stands for every container of the account.</summary>
    public const string AnyContainer = "*";

    /// <summary>Nothing.</summary>
    public static SourceSettings None { get; } = new([], []);
}
