using MplugCluster.Model.Architecture;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Model.Packages;

/// <summary>The graphs of one package while it is written.</summary>
sealed class PackageGraphs(MplugConfig config, Precision precision = Precision.Fp32)
{
    /// <summary>Graphs by file name.</summary>
    public IReadOnlyList<(string File, OnnxGraph Graph)> ByFile { get; } =
    [
        (PackageLayout.ImageEncoder, MplugGraphs.ImageEncoder(config, precision)),
        (PackageLayout.TextEncoder, MplugGraphs.TextEncoder(config, precision)),
        (PackageLayout.PairScorer, MplugGraphs.PairScorer(config, absorbed: false, precision)),
        .. precision.HasTwoForms() ? [(PackageLayout.AbsorbedPairScorer, MplugGraphs.PairScorer(config, absorbed: true))] : ((string, OnnxGraph)[])[],
    ];

    /// <summary>Weights as stored, each once.</summary>
    public IEnumerable<StoredWeight> Weights => ByFile.SelectMany(entry => entry.Graph.Weights).Distinct();

    /// <summary>Checkpoint tensors that the graphs ask for: the importer's checklist.</summary>
    public IEnumerable<TensorInfo> Tensors => Weights
        .DistinctBy(weight => weight.Name)
        .Select(weight => new TensorInfo(weight.Name, ElementType.Float32, weight.Shape))
        .OrderBy(tensor => tensor.Name, StringComparer.Ordinal);
}
