using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>Messages as ONNX Runtime 1.31 with CUDA gives them.</summary>
public sealed class RuntimeMessageTests
{
    [Theory]
    [InlineData(
        "[ErrorCode:Fail] /onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:2043 onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library /app/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file: No such file or directory\n",
        "Failed to load library /app/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file: No such file or directory")]
    [InlineData(
        "[ErrorCode:NotImplemented] Non-zero status code returned while running Conv node. Name:'Conv_0' Status Message: /onnxruntime_src/onnxruntime/core/providers/cuda/cuda_kernel.h:296 static cudnnContext* onnxruntime::cuda::CudaKernel::RequireCudnnHandle(cudnnHandle_t) [ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : cuDNN is unavailable or disabled for CUDA Execution Provider: dlopen failed for libcudnn.so: libcudnn.so: cannot open shared object file: No such file or directory\n",
        "Non-zero status code returned while running Conv node. Name:'Conv_0' Status Message: cuDNN is unavailable or disabled for CUDA Execution Provider: dlopen failed for libcudnn.so: libcudnn.so: cannot open shared object file: No such file or directory")]
    [InlineData(
        "[ErrorCode:Fail] /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 34078720\n",
        "Failed to allocate memory for requested buffer of size 34078720")]
    [InlineData(
        "[ErrorCode:Fail] Non-zero status code returned while running LayerNormalization node. Name:'LayerNormalization_6' Status Message: CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=vm ; file=/onnxruntime_src/onnxruntime/core/providers/cuda/nn/layer_norm.cc ; line=109 ; expr=cudaGetLastError(); ",
        "Non-zero status code returned while running LayerNormalization node. Name:'LayerNormalization_6' Status Message: CUDA failure 700: an illegal memory access was encountered")]
    [InlineData(
        "[ErrorCode:Fail] Exception during initialization: /onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154 std::conditional_t<THRW, void, onnxruntime::common::Status> onnxruntime::CudaCall(ERRTYPE, const char*, const char*, SUCCTYPE, const char*, const char*, int) [with ERRTYPE = cudaError; bool THRW = true; SUCCTYPE = cudaError; std::conditional_t<THRW, void, common::Status> = void] /onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:146 std::conditional_t<THRW, void, onnxruntime::common::Status> onnxruntime::CudaCall(ERRTYPE, const char*, const char*, SUCCTYPE, const char*, const char*, int) [with ERRTYPE = cudaError; bool THRW = true; SUCCTYPE = cudaError; std::conditional_t<THRW, void, common::Status> = void] CUDA failure 2: out of memory ; GPU=0 ; hostname=vm ; file=/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_allocator.cc ; line=47 ; expr=cudaMalloc((void**)&p, size); \n\n",
        "Exception during initialization: CUDA failure 2: out of memory")]
    [InlineData(
        "[ErrorCode:Fail] OP not supported by CUDNN Frontend: CUDNN_FE failure 6: GRAPH_EXECUTION_PLAN_CREATION_FAILED ; GPU=0 ; hostname=vm ; file=/onnxruntime_src/onnxruntime/core/providers/cuda/nn/conv.cc ; line=248 ; expr=s_.cudnn_fe_graph->check_support(handle); \n\n with the cudnn frontend json:\n{\"context\":{}}",
        "OP not supported by CUDNN Frontend: CUDNN_FE failure 6: GRAPH_EXECUTION_PLAN_CREATION_FAILED")]
    [InlineData("No graph was found in the protobuf.", "No graph was found in the protobuf.")]
    public void Of_WhatTheRuntimeSays_WithoutItsSources(string message, string expected) =>
        Assert.Equal(expected, RuntimeMessage.Of(new InvalidOperationException(message)));
}
