using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Model.Imaging.Resizing;

/// <summary>The kernels this processor can run.</summary>
static class ResampleKernels
{
    public static IReadOnlyList<IResampleKernel> Supported { get; } =
        Avx2.IsSupported ? [new Avx2Kernel(), new ScalarKernel()] : [new ScalarKernel()];

    public static IResampleKernel Fastest => Supported[0];
}
