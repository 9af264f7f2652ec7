using Google.Protobuf;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>
/// Makes the processor round as a GPU does. ONNX Runtime computes an fp16 graph in fp32 there, and leaves rounding out between two operators; an
/// operator that does nothing, but has a kernel for fp16, keeps it from that. Inside attention nothing is rounded, as in the fused kernels of GPUs.
/// </summary>
static class GpuRounding
{
    /// <summary>Changes the graphs of an fp16 package in place, and opens it again.</summary>
    public static ModelPackage Add(ModelPackage package)
    {
        foreach (var path in Directory.GetFiles(package.Directory, "*.onnx"))
        {
            var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
            Add(model.Graph);
            File.WriteAllBytes(path, model.ToByteArray());
        }

        PackageFile[] files = [.. package.Manifest.Files.Select(file =>
        {
            var path = Path.Combine(package.Directory, file.Name);
            return file with { Bytes = new FileInfo(path).Length, XxHash128 = FileHash.Compute(path) };
        })];
        File.WriteAllText(Path.Combine(package.Directory, "package.json"), PackageJson.Serialize(package.Manifest with { Files = files }));
        return ModelPackage.Open(package.Directory);
    }

    static void Add(GraphProto graph)
    {
        var halves = graph.Initializer.Where(tensor => tensor.DataType == (int)OnnxType.Half).Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var nodes = graph.Node.ToArray();
        graph.Node.Clear();
        foreach (var node in nodes)
        {
            graph.Node.Add(node);
            var half = node.OpType == "Cast" ? node.Attribute.Single(attribute => attribute.Name == "to").I == (int)OnnxType.Half : node.Input.Any(halves.Contains);
            if (!half || node.OpType is "Shape")
                continue;
            for (var i = 0; i < node.Output.Count; i++)
            {
                var rounded = node.Output[i];
                halves.Add(rounded);
                node.Output[i] = $"{rounded}_exact";
                graph.Node.Add(new NodeProto { OpType = "Clip", Name = $"{rounded}_round", Input = { node.Output[i] }, Output = { rounded } });
            }
        }
    }
}
