namespace MplugCluster.Model.Imaging;

/// <summary>
/// Arrays of one length that pictures are normalised into: some megabytes each, which as garbage would cost more than filling them. Thread-safe.
/// </summary>
/// <param name="length">Floats of an array.</param>
sealed class PixelBuffers(int length)
{
    /// <summary>Arrays that are kept; what comes back beyond them is left to the garbage collector.</summary>
    const int Kept = 16;

    readonly Lock gate = new();
    readonly float[]?[] idle = new float[Kept][];
    int count;

    /// <summary>An array of any content.</summary>
    public float[] Rent()
    {
        lock (gate)
        {
            if (count > 0)
            {
                var array = idle[--count]!;
                idle[count] = null;
                return array;
            }
        }

        return GC.AllocateUninitializedArray<float>(length);
    }

    /// <summary>Takes an array back. One of another length is ignored.</summary>
    public void Return(float[] array)
    {
        if (array.Length != length)
            return;
        lock (gate)
        {
            if (count < Kept)
                idle[count++] = array;
        }
    }
}
