using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>The kernels this processor can run.</summary>
static class SimilarityKernels
{
    /// <summary>Partial sums of the canonical order.</summary>
    public const int Lanes = 16;

    public static IReadOnlyList<ISimilarityKernel> Supported { get; } =
    [
        .. Avx512F.IsSupported ? [new Avx512SimilarityKernel()] : Array.Empty<ISimilarityKernel>(),
        .. Fma.IsSupported ? [new FmaSimilarityKernel()] : Array.Empty<ISimilarityKernel>(),
        new ScalarSimilarityKernel(),
    ];

    /// <summary>The fastest for rows of a width.</summary>
    public static ISimilarityKernel For(int width) => width % Lanes == 0 ? Supported[0] : Supported[^1];
}
