namespace MplugCluster.Model.Architecture;

/// <summary>The architecture joins tensors whose shapes do not fit: a bug, seen while the graph is written.</summary>
public sealed class ShapeException(string message) : Exception(message);
