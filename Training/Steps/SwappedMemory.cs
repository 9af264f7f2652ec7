using MplugCluster.Model.Onnx;

namespace MplugCluster.Training.Steps;

/// <summary>Two equal blocks of memory: graphs read the one and write the other, and then they change places.</summary>
sealed class SwappedMemory(TensorDevice device, long bytes)
{
    readonly TensorMemory[] blocks = [device.Take(bytes), device.Take(bytes)];
    int front;

    /// <summary>The block that holds what is true now.</summary>
    public TensorMemory Now => blocks[front];

    /// <summary>A tensor to read.</summary>
    public BoundTensor Read(long offset, OnnxType type, params ReadOnlySpan<int> shape) => blocks[front].View(offset, type, shape);

    /// <summary>The tensor at the same place in the other block, to be written.</summary>
    public BoundTensor Write(long offset, OnnxType type, params ReadOnlySpan<int> shape) => blocks[1 - front].View(offset, type, shape);

    /// <summary>What was written is true from here on.</summary>
    public void Swap() => front = 1 - front;
}
