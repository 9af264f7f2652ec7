using Google.Protobuf;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;

namespace MplugCluster.Model.Packages;

/// <summary>
/// The pair scorer that also returns attention, written when it is first wanted: packages have no file of it, and need none. It reads the weights
/// that the package's own pair scorer reads, where they lie; neither files nor fingerprint change.
/// </summary>
static class ExplainingGraph
{
    /// <summary>The graph as ONNX, some hundred kilobytes; weights are references into the package's weight file.</summary>
    /// <exception cref="PackageException">The package's pair scorer lacks a weight.</exception>
    public static byte[] Emit(ModelPackage package)
    {
        var places = GraphFile.Read(package.PairScorerPath).Graph.Initializer
            .ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        return MplugGraphs.ExplainingPairScorer(package.Config, package.Manifest.Precision).Build(weight => Place(package, places, weight)).ToByteArray();
    }

    static TensorProto Place(ModelPackage package, Dictionary<string, TensorProto> places, StoredWeight weight) =>
        places.TryGetValue(weight.Key, out var stored)
            ? new TensorProto { DataLocation = stored.DataLocation, ExternalData = { stored.ExternalData } }
            : throw new PackageException($"{package.PairScorerPath} has no weight '{weight.Key}'.");
}
