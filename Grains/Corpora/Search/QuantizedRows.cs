using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MplugCluster.Grains.Corpora.Kernels;
using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>
/// A segment's embeddings as 8-bit numbers, a scale for each row, and how far each row is from what it was: its distance bounds the error of every
/// similarity, so that no row that belongs to the best can be missed.
/// </summary>
sealed unsafe class QuantizedRows
{
    const int Largest = 127;
    const int RowsAtOnce = 256;

    /// <summary>Rows that have one of the <see cref="Ratios"/>.</summary>
    public const int BlockRows = 64;

    /// <summary>Sums of doubles are rounded too; this is far more than that.</summary>
    const double Outward = 1 + 1e-6;

    readonly EmbeddingBudget budget;
    readonly long bytes;

    QuantizedRows(int rows, int width, EmbeddingBudget budget)
    {
        Stride = ByteKernels.Stride(width);
        bytes = BytesFor(rows, width);
        if (!budget.TryTake(bytes))
        {
            GC.SuppressFinalize(this);
            throw new EmbeddingsTooLargeException(bytes, budget);
        }

        this.budget = budget;
        var size = (nuint)((long)Whole(rows, ByteKernels.RowsAtOnce) * ByteKernels.RowsAtOnce * Stride);
        Values = (sbyte*)HugePages.Allocate(size);
        NativeMemory.Clear(Values, size);
        (Scales, Errors) = (new float[rows], new float[rows]);
        Ratios = new float[Whole(rows, BlockRows)];
    }

    ~QuantizedRows()
    {
        NativeMemory.AlignedFree(Values);
        budget.Return(bytes);
    }

    /// <summary>Rows of <see cref="Stride"/> numbers, as <see cref="IByteKernel"/> takes them; valid while somebody holds this.</summary>
    public sbyte* Values { get; }

    /// <summary>Numbers of a row; those beyond the width are zero.</summary>
    public int Stride { get; }

    /// <summary>What a row's numbers are multiplied by.</summary>
    public float[] Scales { get; }

    /// <summary>Length of the difference between a row and its copy; infinite for a row that has numbers which are none.</summary>
    public float[] Errors { get; }

    /// <summary>The largest error in units of the row's scale, of each <see cref="BlockRows"/> rows.</summary>
    public float[] Ratios { get; }

    /// <summary>Upper bound of the lengths of all copies.</summary>
    public float LargestNorm { get; private set; }

    /// <summary>Memory that some rows take.</summary>
    public static long BytesFor(int rows, int width) =>
        (long)Whole(rows, ByteKernels.RowsAtOnce) * ByteKernels.RowsAtOnce * (ByteKernels.Stride(width) + 2 * sizeof(float));

    /// <summary>Makes the copy, reading the file piece by piece.</summary>
    /// <exception cref="EmbeddingsTooLargeException">The budget does not have the memory.</exception>
    public static QuantizedRows Of(MappedSegment segment, EmbeddingBudget budget)
    {
        var made = new QuantizedRows(segment.Rows, segment.Width, budget);
        var piece = new float[RowsAtOnce * segment.Width];
        for (var first = 0; first < segment.Rows; first += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, segment.Rows - first);
            segment.ReadEmbeddings(first, MemoryMarshal.AsBytes(piece.AsSpan(0, count * segment.Width)));
            for (var row = 0; row < count; row++)
                made.Quantize(first + row, piece.AsSpan(row * segment.Width, segment.Width));
        }

        return made;
    }

    static int Whole(int rows, int of) => (rows + of - 1) / of;

    void Quantize(int row, ReadOnlySpan<float> embedding)
    {
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude(embedding));
        if (!float.IsFinite(largest))
        {
            Errors[row] = Ratios[row / BlockRows] = float.PositiveInfinity;
            return;
        }

        var scale = largest / Largest;
        var inverse = scale > 0 ? 1 / scale : 0;
        if (!float.IsFinite(inverse))
            (scale, inverse) = (0, 0);
        double error = 0, norm = 0;
        for (var i = 0; i < embedding.Length; i++)
        {
            var number = (sbyte)Math.Clamp(MathF.Round(embedding[i] * inverse), -Largest, Largest);
            Values[ByteKernels.PlaceOf(row, i, Stride)] = number;
            var back = (double)scale * number;
            var off = embedding[i] - back;
            error += off * off;
            norm += back * back;
        }

        Scales[row] = scale;
        Errors[row] = MathF.BitIncrement((float)(Math.Sqrt(error) * Outward));
        LargestNorm = Math.Max(LargestNorm, MathF.BitIncrement((float)((Math.Sqrt(norm) + Math.Sqrt(error)) * Outward)));
        if (error > 0)
            Ratios[row / BlockRows] = Math.Max(Ratios[row / BlockRows], Errors[row] / scale);
    }
}
