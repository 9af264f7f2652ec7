namespace MplugCluster.Model.Inference;

/// <summary>
/// The sizes that shapes have on a GPU: 1, 2, 3, 4, 6, 8, 12, 16, 24, ..., the powers of two and what lies halfway between them. For a shape that it
/// has not seen the runtime plans memory, cuDNN and cuBLAS choose kernels, and the arena may grow; so few shapes that come again are worth
/// the padding, which is a seventh of a run on average and a third at most.
/// </summary>
static class ShapeBuckets
{
    /// <summary>The smallest size that holds so many, which are at least 1.</summary>
    public static int Up(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var size = 1;
        while (size < count)
            size = Next(size);
        return size;
    }

    /// <summary>The largest size that so many, at least 1, can fill.</summary>
    public static int Down(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var size = 1;
        while (Next(size) <= count)
            size = Next(size);
        return size;
    }

    static int Next(int size) => int.IsPow2(size) && size > 1 ? size / 2 * 3 : int.IsPow2(size) ? 2 : size / 3 * 4;
}
