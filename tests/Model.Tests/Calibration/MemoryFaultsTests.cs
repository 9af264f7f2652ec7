using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Model.Tests.Calibration;

public sealed class MemoryFaultsTests
{
    [Theory]
    [InlineData("bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t) Failed to allocate memory for requested buffer of size 26843545600", true)]
    [InlineData("Available memory of 1048576 is smaller than requested bytes of 4194304", true)]
    [InlineData("CUDA failure 2: out of memory ; GPU=0 ; hostname=h ; expr=cudaMalloc((void**)&p, size);", true)]
    [InlineData("CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0", true)]
    [InlineData("std::bad_alloc", true)]
    [InlineData("CUDA failure 700: an illegal memory access was encountered ; GPU=0", false)]
    [InlineData("Got invalid dimensions for input: pixels", false)]
    public void Is_WhatRuntimesSay_MemoryOnly(string message, bool memory) => Assert.Equal(memory, MemoryFaults.Is(new InvalidOperationException(message)));

    [Fact]
    public void Is_ManagedMemory_Yes() => Assert.True(MemoryFaults.Is(new OutOfMemoryException()));

    [Fact]
    public void Is_RuntimeAllocatesMoreThanThereIs_Yes()
    {
        // 2^48 bytes: more than a process can address, whatever the system promises.
        var graph = new OnnxGraph("huge");
        graph.Output("y", graph.Input("x", OnnxType.Float, 1, 1).Expand(1 << 23, 1 << 23));
        using var session = OnnxSessionFactory.Open(graph.Build(_ => throw new NotSupportedException()).ToByteArray(), new EngineOptions());
        using var one = OrtValue.CreateTensorValueFromMemory(new float[1], [1, 1]);
        using var options = new RunOptions();

        var failure = Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x"], [one], ["y"]));

        Assert.True(MemoryFaults.Is(failure), failure.Message);
    }
}
