namespace MplugCluster.Training.Data;

/// <summary>The pictures or captions to train with cannot be used; the message says which, and why.</summary>
public sealed class TrainingDataException(string message, Exception? inner = null) : Exception(message, inner);
