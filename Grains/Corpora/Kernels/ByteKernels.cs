using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>The 8-bit kernels this processor can run.</summary>
static class ByteKernels
{
    /// <summary>Every row has a multiple of so many numbers.</summary>
    public const int Step = 64;

    public static IReadOnlyList<IByteKernel> Supported { get; } =
    [
        .. Avx512BW.IsSupported ? [new Avx512ByteKernel()] : Array.Empty<IByteKernel>(),
        .. Avx2.IsSupported ? [new Avx2ByteKernel()] : Array.Empty<IByteKernel>(),
        new ScalarByteKernel(),
    ];

    public static IByteKernel Fastest => Supported[0];
}
