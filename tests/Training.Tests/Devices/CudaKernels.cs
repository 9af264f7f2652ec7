using System.Globalization;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;

namespace MplugCluster.Training.Tests.Devices;

/// <summary>What is known of the CUDA provider's kernels, from the lists beside this file.</summary>
sealed class CudaKernels
{
    static readonly string[] Any =
        ["bfloat16", "bool", "double", "float", "float16", "int16", "int32", "int64", "int8", "uint16", "uint32", "uint64", "uint8"];

    readonly ILookup<string, Kernel> kernels = Lines("cuda-kernels.txt").Select(Kernel.Read).ToLookup(kernel => kernel.Operator);
    readonly Dictionary<string, int[]> versions = Lines("operator-versions.txt").ToDictionary(
        line => line[0], line => line[1..].Select(version => int.Parse(version, CultureInfo.InvariantCulture)).ToArray());

    /// <summary>Nodes of a graph that no kernel takes, each kind once, as texts.</summary>
    public IEnumerable<string> Missing(ModelProto model)
    {
        var opset = (int)model.OpsetImport.Single(set => set.Domain.Length == 0).Version;
        var types = new Dictionary<string, OnnxType>(StringComparer.Ordinal) { [""] = OnnxType.Float };
        foreach (var input in model.Graph.Input)
            types[input.Name] = (OnnxType)input.Type.TensorType.ElemType;
        foreach (var constant in model.Graph.Initializer)
            types[constant.Name] = (OnnxType)constant.DataType;
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var node in model.Graph.Node)
        {
            var name = node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}";
            var version = node.Domain.Length == 0 ? versions[node.OpType].Last(version => version <= opset) : 1;
            var inputs = node.Input.Select(input => input.Length == 0 ? null : Name(types[input])).ToArray();
            if (!kernels[name].Any(kernel => kernel.Takes(version, inputs)))
                missing.Add($"{name} {version} of {string.Join(", ", inputs.Select(type => type ?? "nothing"))}");
            foreach (var output in node.Output)
                types[output] = TypeOf(node, types[node.Input[0]]);
        }

        return missing;
    }

    static OnnxType TypeOf(NodeProto node, OnnxType first) => node.OpType switch
    {
        "Cast" => (OnnxType)node.Attribute.Single(attribute => attribute.Name == "to").I,
        "Equal" or "Less" or "LessOrEqual" => OnnxType.Bool,
        "Shape" => OnnxType.Int64,
        "ConstantOfShape" => OnnxType.Float,
        _ => first,
    };

    static string Name(OnnxType type) => type switch
    {
        OnnxType.Half => "float16",
        _ => type.ToString().ToLowerInvariant(),
    };

    static IEnumerable<string[]> Lines(string file) => File.ReadLines(Path.Combine(Repository.Root, "tests", "Training.Tests", "Devices", file))
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' '));

    sealed record Kernel(string Operator, int First, int? Last, string[] Inputs, Dictionary<string, string[]> Types)
    {
        public static Kernel Read(string[] words)
        {
            var range = words[1].TrimEnd('+').Split('-').Select(version => int.Parse(version, CultureInfo.InvariantCulture)).ToArray();
            var types = words[2..].Where(word => word.Contains('=')).Select(word => word.Split('='))
                .ToDictionary(pair => pair[0], pair => pair[1] == "any" ? Any : pair[1].Split(','));
            return new(words[0], range[0], range.Length > 1 ? range[1] : null, [.. words[2..].Where(word => !word.Contains('='))], types);
        }

        public bool Takes(int version, string?[] inputs) =>
            (version == First || (version > First && version <= Last))
            && inputs.Index().All(input => input.Item is null || (Constraint(input.Index) is { } known && Types[known].Contains(input.Item)));

        string? Constraint(int input) =>
            input < Inputs.Length ? Inputs[input].TrimEnd('*') : Inputs[^1].EndsWith('*') ? Inputs[^1].TrimEnd('*') : null;
    }
}
