using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Onnx.Proto;

namespace MplugCluster.Model.Packages;

/// <summary>Reads single weights back out of a package.</summary>
static class PackageWeights
{
    /// <summary>A weight of the image encoder as it is stored.</summary>
    public static float[] Read(ModelPackage package, string key)
    {
        var graph = GraphFile.Read(package.ImageEncoderPath).Graph;
        var tensor = graph.Initializer.FirstOrDefault(tensor => tensor.Name == key)
            ?? throw new PackageException($"{package.ImageEncoderPath} has no weight '{key}'.");
        var values = new float[tensor.Dims.Aggregate(1L, (product, size) => product * size)];
        using var file = new StorageFile(package.WeightsPath);
        TensorBytes.Read(file, GraphFile.Place(tensor).Offset, ElementType.Float32, values, $"weight '{key}'");
        return values;
    }
}
