using Microsoft.ML.OnnxRuntime;

namespace MplugCluster.Model.Onnx;

/// <summary>A tensor that lies in <see cref="TensorMemory"/>, as a graph binds it.</summary>
sealed record BoundTensor(OrtValue Value);
