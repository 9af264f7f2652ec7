using Google.Protobuf;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;

namespace MplugCluster.Benchmarks.Table;

/// <summary>
/// An int8 package's weights under graphs with one activation step for a whole batch, as ONNX Runtime's plain dynamic quantisation has it. Its scores
/// depend on their neighbours: it is what our form is compared with, and is deleted afterwards.
/// </summary>
sealed class PlainInt8Package : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mplug-plain-int8-");

    public PlainInt8Package(ModelPackage package)
    {
        foreach (var file in package.Manifest.Files)
            File.Copy(Path.Combine(package.Directory, file.Name), Path.Combine(folder.FullName, file.Name));
        Replace(PackageLayout.ImageEncoder, MplugGraphs.ImageEncoder(package.Config, Precision.Int8, ActivationSteps.Value));
        Replace(PackageLayout.TextEncoder, MplugGraphs.TextEncoder(package.Config, Precision.Int8, ActivationSteps.Value));
        Replace(PackageLayout.PairScorer, MplugGraphs.PairScorer(package.Config, absorbed: false, Precision.Int8, ActivationSteps.Value));
        var manifest = package.Manifest with
        {
            Files = [.. package.Manifest.Files.Select(file => file with { Bytes = new FileInfo(Path.Combine(folder.FullName, file.Name)).Length })],
        };
        File.WriteAllText(Path.Combine(folder.FullName, PackageLayout.Manifest), PackageJson.Serialize(manifest));
        Package = ModelPackage.Open(folder.FullName, checkContent: false);
    }

    public ModelPackage Package { get; }

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>The new graph reads its weights where the old one did.</summary>
    void Replace(string file, OnnxGraph graph)
    {
        var path = Path.Combine(folder.FullName, file);
        var places = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Initializer.DistinctBy(tensor => tensor.Name)
            .ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var model = graph.Build(weight =>
        {
            var place = places[weight.Key].Clone();
            place.Dims.Clear();
            return place;
        });
        File.WriteAllBytes(path, model.ToByteArray());
    }
}
