using MplugCluster.Model.Onnx.Proto;

namespace MplugCluster.Model.Onnx;

/// <summary>Cuts a graph in two at one of its values, so that each half can be opened by a thread of its own.</summary>
static class GraphCut
{
    /// <summary>The part that computes a value, and the part that goes on from there.</summary>
    /// <param name="model">The graph.</param>
    /// <param name="value">A value with a description, through which all later nodes get what earlier ones have computed.</param>
    /// <returns>Null: the graph has no such value, or something gets past it.</returns>
    public static (ModelProto Before, ModelProto After)? At(ModelProto model, string value)
    {
        var whole = model.Graph;
        if (whole.ValueInfo.FirstOrDefault(info => info.Name == value) is not { } cut)
            return null;
        var before = NodesFor(whole, value);
        var after = whole.Node.Where(node => !before.Contains(node)).ToList();
        var computed = before.SelectMany(node => node.Output).Concat(whole.Input.Select(input => input.Name)).ToHashSet(StringComparer.Ordinal);
        computed.Remove(value);
        if (after.SelectMany(node => node.Input).Concat(whole.Output.Select(output => output.Name)).Any(computed.Contains))
            return null;
        return (Part(model, [.. before], whole.Input, [cut]), Part(model, after, [cut], whole.Output));
    }

    /// <summary>The nodes that a value needs.</summary>
    static HashSet<NodeProto> NodesFor(GraphProto graph, string value)
    {
        // Nodes stand in the order in which they can be computed.
        var (needed, nodes) = (new HashSet<string>(StringComparer.Ordinal) { value }, new HashSet<NodeProto>(ReferenceEqualityComparer.Instance));
        foreach (var node in graph.Node.Reverse().Where(node => node.Output.Any(needed.Contains)))
        {
            nodes.Add(node);
            needed.UnionWith(node.Input);
        }

        return nodes;
    }

    static ModelProto Part(ModelProto model, IReadOnlyCollection<NodeProto> nodes, IEnumerable<ValueInfoProto> inputs, IEnumerable<ValueInfoProto> outputs)
    {
        var values = nodes.SelectMany(node => node.Input.Concat(node.Output)).ToHashSet(StringComparer.Ordinal);
        var (graph, part) = (model.Graph, new ModelProto(model));
        part.Graph = new GraphProto { Name = graph.Name };
        part.Graph.Node.Add(graph.Node.Where(nodes.Contains));
        part.Graph.Input.Add(inputs);
        part.Graph.Output.Add(outputs);
        part.Graph.Initializer.Add(graph.Initializer.Where(weight => values.Contains(weight.Name)));
        part.Graph.ValueInfo.Add(graph.ValueInfo.Where(info => values.Contains(info.Name)).Except([.. inputs, .. outputs]));
        return part;
    }
}
