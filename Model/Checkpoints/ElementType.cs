namespace MplugCluster.Model.Checkpoints;

/// <summary>Element types that a checkpoint may hold.</summary>
public enum ElementType
{
    Float64,
    Float32,
    Float16,
    BFloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt8,
    Bool,
}
