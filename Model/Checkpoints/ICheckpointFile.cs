namespace MplugCluster.Model.Checkpoints;

/// <summary>A weight file of any supported format, open for reading.</summary>
public interface ICheckpointFile : IWeights, IDisposable
{
}
