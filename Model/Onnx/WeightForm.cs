namespace MplugCluster.Model.Onnx;

/// <summary>In which numbers a weight is stored.</summary>
enum WeightForm
{
    /// <summary>As the checkpoint has it, in fp32.</summary>
    Single,

    /// <summary>A transposed matrix in whole numbers -127..127 of its column's step: <see cref="ColumnQuantizer"/>.</summary>
    Int8,

    /// <summary>The steps of the columns, fp32.</summary>
    Steps,

    /// <summary>Rounded to fp16.</summary>
    Half,
}
