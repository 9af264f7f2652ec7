namespace MplugCluster.Model.Onnx;

/// <summary>Element types of graph values; the numbers are ONNX's <c>TensorProto.DataType</c>.</summary>
enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Half = 10,
}
