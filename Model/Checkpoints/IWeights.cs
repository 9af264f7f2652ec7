namespace MplugCluster.Model.Checkpoints;

/// <summary>Named float tensors, read one at a time: a checkpoint of 5 GB never has to be in memory.</summary>
public interface IWeights
{
    /// <summary>All tensors by name.</summary>
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Reads one tensor in C order, converted to float32.</summary>
    /// <param name="name">A key of <see cref="Tensors"/>.</param>
    /// <param name="destination">Exactly <see cref="TensorInfo.Count"/> numbers.</param>
    /// <exception cref="CheckpointException">The name is unknown, or the bytes behind it are damaged.</exception>
    void Read(string name, Span<float> destination);
}
