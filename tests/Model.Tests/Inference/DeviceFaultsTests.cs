using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Tests.Inference;

public sealed class DeviceFaultsTests
{
    [Theory]
    [InlineData("[ErrorCode:Fail] CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=h ; file=f.cc ; line=49 ; expr=cudaGraphLaunch(g, s);", true)]
    [InlineData("[ErrorCode:Fail] CUDA failure 719: unspecified launch failure ; GPU=1 ; hostname=h", true)]
    [InlineData("CUBLAS failure 13: CUBLAS_STATUS_EXECUTION_FAILED ; GPU=0 ; hostname=h\nCUDA failure 716: misaligned address ; GPU=0", true)]
    [InlineData("CUDNN failure 5000: CUDNN_STATUS_EXECUTION_FAILED: an illegal memory access was encountered", true)]
    [InlineData("Non-zero status code returned while running Add node. Name:'Add_6' Status Message: CUDA error cudaErrorIllegalInstruction:an illegal instruction was encountered", true)]
    [InlineData("CUDA error cudaErrorMemoryAllocation:out of memory", false)]
    [InlineData("CUDA failure 2: out of memory ; GPU=0 ; hostname=h", false)]
    [InlineData("CUDA failure 1: invalid argument ; GPU=700 ; line=719", false)]
    [InlineData("CUDA failure 100: no CUDA-capable device is detected ; GPU=-1", false)]
    [InlineData("[ErrorCode:InvalidArgument] Got invalid dimensions for input: text_tokens", false)]
    public void IsFinal_WhatTheRuntimeSays_OnlyWhatNoLaterCallComesBackFrom(string message, bool final) =>
        Assert.Equal(final, DeviceFaults.IsFinal(new InvalidOperationException(message)));
}
