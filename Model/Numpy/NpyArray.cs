namespace MplugCluster.Model.Numpy;

/// <summary>An array as NumPy keeps it: sizes, and elements in C order.</summary>
public sealed record NpyArray<T>(int[] Shape, T[] Data) where T : unmanaged;
