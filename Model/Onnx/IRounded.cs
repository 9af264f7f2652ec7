using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Onnx;

/// <summary>A value in 8-bit whole numbers, ready for products with linear layers of an int8 package.</summary>
interface IRounded
{
    /// <summary>The product with a linear layer, in fp32.</summary>
    /// <param name="linear">The layer, transposed.</param>
    /// <param name="shape">Shape of the product.</param>
    OnnxTensor Times(StoredWeight linear, Shape shape);
}
