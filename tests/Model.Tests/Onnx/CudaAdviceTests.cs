using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Model.Tests.Onnx;

public sealed class CudaAdviceTests
{
    const string Needs = "ONNX Runtime's CUDA provider needs an NVIDIA driver, CUDA 13 and cuDNN 9 where the loader finds them (LD_LIBRARY_PATH).";
    const string Device = "Parse Failed to parse provider option \"device_id\": cuda_execution_provider_info.cc:71 operator() Invalid device ID: 3, must be between 0 (inclusive) and ";

    [Theory]
    [InlineData("Failed to load library /app/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file: No such file or directory", false, "the library libcublasLt.so.13 is missing. " + Needs)]
    [InlineData("cuDNN is unavailable: dlopen failed for libcudnn.so: libcudnn.so: cannot open shared object file: No such file or directory", true, "the library libcudnn.so is missing. " + Needs)]
    [InlineData(Device + "0 (exclusive).", false, "CUDA finds no GPU here. " + Needs)]
    [InlineData(Device + "1 (exclusive).", false, "there is no such GPU: CUDA finds 1 here, cuda:0.")]
    [InlineData(Device + "2 (exclusive).", true, "there is no such GPU: CUDA finds 2 here, cuda:0 to cuda:1.")]
    [InlineData("CUDA failure 2: out of memory", true, "CUDA failure 2: out of memory. Its memory may be in use by others (nvidia-smi), or limited by Mplug__Device__GpuMemoryBytes; an fp16 package takes half.")]
    [InlineData("CUDA failure 719: unspecified launch failure", true, "CUDA failure 719: unspecified launch failure.")]
    [InlineData("Something else.", true, "Something else. It was to record CUDA graphs; try it without them (Mplug__Device__GpuGraphs=false).")]
    [InlineData("Something else.", false, "Something else.")]
    [InlineData("Load model from image_encoder.onnx failed: Protobuf parsing failed.", false, "Load model from image_encoder.onnx failed: Protobuf parsing failed.")]
    [InlineData("cuDNN version mismatch", true, "cuDNN version mismatch. " + Needs)]
    [InlineData("CUDA failure 35: CUDA driver version is insufficient", false, "CUDA failure 35: CUDA driver version is insufficient. " + Needs)]
    public void On_AFailureAtTheStart_WhatItIsAndWhatHelps(string message, bool graphs, string expected) =>
        Assert.Equal(expected, CudaAdvice.On(new InvalidOperationException(message), new CudaSettings { Graphs = graphs }));
}
