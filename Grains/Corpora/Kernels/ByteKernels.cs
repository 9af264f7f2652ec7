using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>The 8-bit kernels this processor can run, and how the numbers lie that they take.</summary>
static class ByteKernels
{
    /// <summary>Every row has a multiple of so many numbers.</summary>
    public const int Step = 4;

    /// <summary>Rows that lie together.</summary>
    public const int RowsAtOnce = 16;

    /// <summary>Queries that lie together.</summary>
    public const int QueriesAtOnce = 8;

    public static IReadOnlyList<IByteKernel> Supported { get; } =
    [
        .. Avx512BW.IsSupported ? [new Avx512ByteKernel()] : Array.Empty<IByteKernel>(),
        .. Avx2.IsSupported ? [new Avx2ByteKernel()] : Array.Empty<IByteKernel>(),
        new ScalarByteKernel(),
    ];

    public static IByteKernel Fastest => Supported[0];

    /// <summary>Numbers of a row that has this many, with the zeros at its end.</summary>
    public static int Stride(int width) => (width + Step - 1) / Step * Step;

    /// <summary>Where a row's number is, counted from the first row's first.</summary>
    public static long PlaceOf(int row, int number, int stride) =>
        (long)(row / RowsAtOnce) * RowsAtOnce * stride + (number / 2 * RowsAtOnce + row % RowsAtOnce) * 2 + number % 2;

    /// <summary>Up to eight queries as <see cref="IByteKernel.Eight"/> takes them; those that are missing are zeros.</summary>
    public static short[] Together(IReadOnlyList<short[]> queries)
    {
        var packed = new short[QueriesAtOnce * queries[0].Length];
        for (var query = 0; query < queries.Count; query++)
        {
            for (var i = 0; i < queries[query].Length; i++)
                packed[(i / 2 * QueriesAtOnce + query) * 2 + i % 2] = queries[query][i];
        }

        return packed;
    }
}
