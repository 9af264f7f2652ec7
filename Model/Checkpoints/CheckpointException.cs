namespace MplugCluster.Model.Checkpoints;

/// <summary>A checkpoint cannot be used; the message names the file or tensor, what was expected and what was found.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : Exception(message, inner);
