using System.Runtime.InteropServices;
using Google.Protobuf.Collections;
using MplugCluster.Model.Onnx.Proto;

namespace MplugCluster.Model.Onnx.Rows;

/// <summary>
/// Joins what an int8 graph does between products of bytes (see <see cref="RoundedRows"/>) into <see cref="RowOperators"/>: ten passes over memory become
/// one or two. Packages stay plain ONNX; this is done to a graph when the processor opens it. What does not look as expected stays as it is.
/// </summary>
/// <remarks>For graphs that this program has written: in them, what is added to a product with its bias has the product's shape, unless it is a weight.</remarks>
sealed class JoinedRows
{
    const string Rows = "/rows";

    /// <summary>The constant that names the last of two axes.</summary>
    const string LastAxis = "i64_1";

    readonly GraphProto graph;
    readonly Dictionary<string, NodeProto> makers = new(StringComparer.Ordinal);
    readonly Dictionary<string, HashSet<NodeProto>> readers = new(StringComparer.Ordinal);
    readonly Dictionary<string, TensorProto> constants;
    readonly HashSet<string> outputs;

    /// <summary>Roundings by the name of their steps.</summary>
    readonly Dictionary<string, Rounding> roundings = new(StringComparer.Ordinal);

    /// <summary>What stands where a node stood.</summary>
    readonly Dictionary<NodeProto, NodeProto[]> instead = new(ReferenceEqualityComparer.Instance);

    JoinedRows(GraphProto graph)
    {
        this.graph = graph;
        outputs = graph.Output.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        constants = graph.Initializer.ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        foreach (var node in graph.Node)
        {
            foreach (var output in node.Output)
                makers[output] = node;
            foreach (var input in node.Input)
                (CollectionsMarshal.GetValueRefOrAddDefault(readers, input, out _) ??= new(ReferenceEqualityComparer.Instance)).Add(node);
        }
    }

    /// <summary>Changes a graph.</summary>
    /// <returns>How many operators of ours it has now.</returns>
    public static int Join(ModelProto model)
    {
        var joined = new JoinedRows(model.Graph);
        joined.FindRoundings();
        joined.JoinProducts();
        var operators = joined.Replace();
        if (operators > 0)
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = RowOperators.Domain, Version = 1 });
        return operators;
    }

    void FindRoundings()
    {
        foreach (var node in graph.Node.Where(node => node.OpType == "QuantizeLinear" && node.Input.Count == 3))
        {
            if (RoundingOf(node) is not { } rounding || !roundings.TryAdd(rounding.Steps, rounding))
                continue;
            instead[makers[rounding.Steps]] = [Operator(RowOperators.Round, [rounding.X], [node.Output[0], rounding.Steps])];
            instead[node] = [];
        }
    }

    /// <summary>The nodes that <see cref="RoundedRows"/> writes; the rest of them are read by nothing then.</summary>
    Rounding? RoundingOf(NodeProto node)
    {
        var x = node.Input[0];
        var steps = Maker(node.Input[1], "Reshape")?.Input[0] ?? "";
        var largest = Maker(Maker(steps, "Mul") is { } scaled && IsNumber(scaled.Input[1], 1f / ColumnQuantizer.Largest) ? scaled.Input[0] : "", "Max");
        var isByRow = node.Attribute is [{ Name: "axis", I: 0 }] && Maker(node.Input[2], "Expand") is { } zeros && IsByte(zeros.Input[0], RoundedRows.Zero);
        if (largest is not { Input.Count: 3 } || !IsNumber(largest.Input[2], RoundedRows.Nothing) || !isByRow)
            return null;
        var (highest, lowest) = (Maker(largest.Input[0], "ReduceMax"), Maker(Maker(largest.Input[1], "Neg")?.Input[0] ?? "", "ReduceMin"));
        return IsOfRows(highest) && IsOfRows(lowest)
            ? new Rounding(x, steps, node, new(ReferenceEqualityComparer.Instance) { node, highest!, lowest! }) : null;

        bool IsOfRows(NodeProto? reduced) => reduced is not null && reduced.Input[0] == x && reduced.Input.Count == 2 && reduced.Input[1] == LastAxis;
    }

    void JoinProducts()
    {
        foreach (var scaled in graph.Node.Where(node => node.OpType == "Mul" && Maker(node.Input[0], "MatMulIntegerToFloat") is not null))
        {
            if (!roundings.TryGetValue(scaled.Input[1], out var rounded) || makers[scaled.Input[0]].Input[0] != rounded.Node.Output[0])
                continue;
            var reshaped = OnlyReader(scaled, "Reshape");
            if (OnlyReader(reshaped ?? scaled, "Add") is not { } biased || !constants.TryGetValue(biased.Input[1], out var bias) || bias.Dims.Count != 1)
                continue;
            string[] inputs = [scaled.Input[0], scaled.Input[1], biased.Input[1]];
            if (Gelu(biased) is { } rounding)
            {
                instead[makers[rounding.Steps]] = [Operator(RowOperators.RestoreGeluRound, inputs, [rounding.Node.Output[0], rounding.Steps])];
                continue;
            }

            if (OnlyReader(biased, "Add") is { } sum && !instead.ContainsKey(sum)
                && sum.Input.FirstOrDefault(input => input != biased.Output[0]) is { } other && !constants.ContainsKey(other))
            {
                Restored(sum, reshaped, RowOperators.RestoreAdd, [.. inputs, other]);
            }
            else
            {
                Restored(biased, reshaped, RowOperators.Restore, inputs);
            }
        }
    }

    /// <summary>The rounding that follows after CLIP's GELU, if nothing else reads what lies in between.</summary>
    Rounding? Gelu(NodeProto biased)
    {
        if (OnlyReader(biased, "QuickGelu") is not { } gelu || gelu.Attribute.FirstOrDefault()?.F != RowKernels.GeluFactor)
            return null;
        var flat = OnlyReader(gelu, "Reshape") ?? gelu;
        var next = roundings.Values.FirstOrDefault(rounding => rounding.X == flat.Output[0]);
        return next is not null && !outputs.Contains(next.X) && next.Readers.SetEquals(readers[next.X]) ? next : null;
    }

    /// <summary>Puts a product in fp32 where a node's output was.</summary>
    void Restored(NodeProto node, NodeProto? reshaped, string op, string[] inputs)
    {
        var result = node.Output[0];
        if (reshaped is null)
        {
            instead[node] = [Operator(op, inputs, [result])];
            return;
        }

        instead[node] =
        [
            Operator(op, inputs, [result + Rows]),
            new NodeProto { OpType = "Reshape", Name = result, Input = { result + Rows, reshaped.Input[1] }, Output = { result } },
        ];
        if (graph.ValueInfo.FirstOrDefault(info => info.Name == reshaped.Output[0]) is { } declared && graph.ValueInfo.All(info => info.Name != result))
            graph.ValueInfo.Add(new ValueInfoProto(declared) { Name = result });
    }

    /// <summary>Puts everything into its place, and leaves out what nothing reads any more.</summary>
    int Replace()
    {
        var (nodes, needed) = (new List<NodeProto>(), new HashSet<string>(outputs, StringComparer.Ordinal));
        foreach (var node in graph.Node.SelectMany(node => instead.GetValueOrDefault(node, [node])).Reverse().ToList())
        {
            if (!node.Output.Any(needed.Contains))
                continue;
            nodes.Add(node);
            needed.UnionWith(node.Input);
        }

        nodes.Reverse();
        graph.Node.Clear();
        graph.Node.Add(nodes);
        Remove(graph.Initializer, weight => !needed.Contains(weight.Name));
        var made = nodes.SelectMany(node => node.Output).Concat(needed).ToHashSet(StringComparer.Ordinal);
        Remove(graph.ValueInfo, info => !made.Contains(info.Name));
        return nodes.Count(node => node.Domain == RowOperators.Domain);
    }

    static void Remove<T>(RepeatedField<T> list, Func<T, bool> unwanted)
    {
        var kept = list.Where(one => !unwanted(one)).ToList();
        list.Clear();
        list.AddRange(kept);
    }

    NodeProto? Maker(string value, string op) => makers.GetValueOrDefault(value) is { } node && node.OpType == op ? node : null;

    /// <summary>The one node that reads what another makes; null if it is of another kind, or not the only one.</summary>
    NodeProto? OnlyReader(NodeProto node, string op) =>
        !outputs.Contains(node.Output[0]) && readers.GetValueOrDefault(node.Output[0]) is { Count: 1 } all && all.Single() is var reader && reader.OpType == op
            ? reader : null;

    bool IsNumber(string name, float number) =>
        constants.TryGetValue(name, out var constant) && constant.DataType == (int)OnnxType.Float && constant.RawData.Length == sizeof(float)
        && MemoryMarshal.Read<float>(constant.RawData.Span) == number;

    bool IsByte(string name, byte number) =>
        constants.TryGetValue(name, out var constant) && constant.DataType == (int)OnnxType.UInt8 && constant.RawData.Span.SequenceEqual([number]);

    static NodeProto Operator(string op, string[] inputs, string[] results) =>
        new() { OpType = op, Domain = RowOperators.Domain, Name = results[0], Input = { inputs }, Output = { results } };

    /// <summary>A value that is rounded row by row.</summary>
    /// <param name="X">Its name.</param>
    /// <param name="Steps">Name of the steps.</param>
    /// <param name="Node">The node that makes the bytes.</param>
    /// <param name="Readers">The nodes of the rounding that read the value.</param>
    sealed record Rounding(string X, string Steps, NodeProto Node, HashSet<NodeProto> Readers);
}
