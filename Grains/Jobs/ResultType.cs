namespace MplugCluster.Grains.Jobs;

/// <summary>Type of a result column.</summary>
public enum ResultType
{
    /// <summary>Text, UTF-8.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A float32, written in the shortest form that reads back the same.</summary>
    Number,
}
