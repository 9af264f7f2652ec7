using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Model.Onnx;

/// <summary>How this processor multiplies bytes.</summary>
static class ByteProducts
{
    /// <summary>
    /// Whether sums of two products of bytes are kept in 16 bits, which they overflow: x64 processors without VNNI (before 2019 or so). There the
    /// runtime has to take a slower way, which it must not on others.
    /// </summary>
    public static bool Overflow { get; } = X86Base.IsSupported && !HasVnni();

    static bool HasVnni()
    {
        const int Features = 7, Avx512Vnni = 1 << 11, AvxVnni = 1 << 4;
        return X86Base.CpuId(0, 0).Eax >= Features
            && ((X86Base.CpuId(Features, 0).Ecx & Avx512Vnni) != 0
                || (X86Base.CpuId(Features, 0).Eax >= 1 && (X86Base.CpuId(Features, 1).Eax & AvxVnni) != 0));
    }
}
