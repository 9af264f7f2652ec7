using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Verification;

/// <summary>A graph of a package as it is shipped, with its named inner values turned into outputs.</summary>
sealed class InnerGraph : IDisposable
{
    readonly string[] outputs;
    readonly InferenceSession session;
    readonly RunOptions options = new();

    /// <summary>Opens a graph.</summary>
    /// <param name="package">The package.</param>
    /// <param name="path">The graph's file.</param>
    /// <param name="engine">Where it runs.</param>
    public InnerGraph(ModelPackage package, string path, EngineOptions engine)
    {
        var model = GraphFile.Read(path);
        // Named values come from an Identity; other values that have a description are only declared.
        var named = model.Graph.Node.Where(node => node.OpType == "Identity").SelectMany(node => node.Output).ToHashSet(StringComparer.Ordinal);
        model.Graph.Output.Add(model.Graph.ValueInfo.Where(value => named.Contains(value.Name)));
        outputs = [.. model.Graph.Output.Select(output => output.Name)];
        session = OnnxSessionFactory.Open(model.ToByteArray(), package.Directory, engine);
    }

    /// <summary>Outputs and inner values by name.</summary>
    public Dictionary<string, float[]> Run(string[] inputs, OrtValue[] values)
    {
        using var results = session.Run(options, inputs, values, outputs);
        return outputs.Select((name, i) => (name, results[i].GetTensorDataAsSpan<float>().ToArray()))
            .ToDictionary(entry => entry.name, entry => entry.Item2, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        session.Dispose();
        options.Dispose();
    }
}
