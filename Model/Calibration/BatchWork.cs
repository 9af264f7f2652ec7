namespace MplugCluster.Model.Calibration;

/// <summary>What a run of the model does.</summary>
public enum BatchWork
{
    /// <summary>Encodes pictures.</summary>
    Images,

    /// <summary>Encodes texts.</summary>
    Texts,

    /// <summary>Scores pairs.</summary>
    Pairs,
}
