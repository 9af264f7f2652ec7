using MplugCluster.Model.Architecture;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Onnx;

/// <summary>A value of an ONNX graph: the interpreter that writes nodes instead of computing.</summary>
sealed partial class OnnxTensor : IPrimitiveTensor<OnnxTensor>
{
    readonly OnnxGraph graph;
    readonly StoredWeight? weight;
    readonly string? value;

    /// <summary>Kept, because query, key and value all read the same rows.</summary>
    IRounded? rounded;

    /// <summary>Kept likewise.</summary>
    OnnxTensor? half, single;

    public OnnxTensor(OnnxGraph graph, string value, OnnxType type, Shape shape) =>
        (this.graph, this.value, Type, Shape) = (graph, value, type, shape);

    /// <summary>A weight stays a description until a node reads it, so that slices and transpositions fold into the weight file.</summary>
    public OnnxTensor(OnnxGraph graph, StoredWeight weight) =>
        (this.graph, this.weight, Type, Shape) = (graph, weight, weight.Type, new Shape([.. weight.StoredShape.Select(size => (Dim)size)]));

    /// <summary>Name of the value in the graph.</summary>
    public string Value => value ?? graph.Weight(weight!);

    public OnnxType Type { get; }

    public Shape Shape { get; }

    public static OnnxTensor operator +(OnnxTensor left, OnnxTensor right)
    {
        (left, right) = Alike(left, right);
        return left.Node("Add", Shape.Broadcast(left.Shape, right.Shape), [right.Value]);
    }

    public OnnxTensor MatMul(OnnxTensor matrix)
    {
        var shape = Shape.MatMul(Shape, matrix.Shape);
        return graph.Precision switch
        {
            Precision.Int8 when RoundedLayers.Takes(matrix.weight) => Rounded.Times(matrix.weight!, shape),
            Precision.Fp16 when RoundedLayers.Takes(matrix.weight) => AsHalf().Node("MatMul", shape, [matrix.AsHalf().Value]),
            _ => AsSingle().Node("MatMul", shape, [matrix.Value]),
        };
    }

    public OnnxTensor LayerNorm(OnnxTensor gain, OnnxTensor shift, float epsilon)
    {
        Expect(gain.Shape.Equals(new Shape(Shape[^1])) && shift.Shape.Equals(gain.Shape), $"layer norm of {Shape} by {gain.Shape} and {shift.Shape}");
        return AsSingle().Node("LayerNormalization", Shape, [gain.Value, shift.Value], OnnxGraph.Attribute("axis", -1), OnnxGraph.Attribute("epsilon", epsilon));
    }

    public OnnxTensor Gelu() => graph.Node("Gelu", graph.GeluDomain, Type, Shape, [Value]);

    public OnnxTensor QuickGelu() =>
        graph.Node("QuickGelu", OnnxGraph.Contrib, Type, Shape, [Value], OnnxGraph.Attribute("alpha", 1.702f));

    public OnnxTensor Gather(OnnxTensor ids)
    {
        Expect(Shape.Rank == 2, $"rows of {Shape}");
        var rows = graph.Precision == Precision.Fp16 && weight is not null ? AsHalf() : this;
        return rows.Node("Gather", new Shape([.. ids.Shape.Dims, Shape[1]]), [ids.Value], OnnxGraph.Attribute("axis", 0));
    }

    public OnnxTensor PatchEmbed(OnnxTensor kernel)
    {
        var (batch, sides, filter) = (Shape[0], new Shape(Shape.Dims[1..]).Numbers, kernel.Shape.Numbers);
        Expect(sides.Length == 3 && filter.Length == 4 && sides[0] == filter[1] && filter[2] == filter[3] && sides[1] == sides[2] && sides[1] % filter[2] == 0,
            $"patches of {Shape} by {kernel.Shape}");
        var (width, patch, side) = (filter[0], filter[2], sides[1] / filter[2]);
        var (pixels, filters) = graph.Precision == Precision.Fp16 ? (AsHalf(), kernel.AsHalf()) : (this, kernel);
        return pixels.Node(
                "Conv",
                new Shape(batch, width, side, side),
                [filters.Value],
                OnnxGraph.Attribute("kernel_shape", [patch, patch]),
                OnnxGraph.Attribute("strides", [patch, patch]))
            .Reshape(batch, width, side * side)
            .Transpose(0, 2, 1);
    }

    public OnnxTensor Reshape(params Dim[] dims)
    {
        var shape = new Shape([.. dims]);
        Expect(shape.Count.Equals(Shape.Count), $"{Shape} as {shape}");
        if (shape.Equals(Shape))
            return this;

        // One unknown size may be left to the runtime; only more than one has to be computed.
        var unknown = dims.Count(dim => dim.Value is null);
        var free = unknown == 0 ? -1 : Array.FindIndex(dims, dim => dim.Value is null);
        var reshaped = Node("Reshape", shape, [graph.Sizes([.. dims.Select((dim, i) => i == free ? -1 : dim)])]);
        return graph.DeclaresSizes ? graph.Declare(reshaped) : reshaped;
    }

    public OnnxTensor Transpose(params int[] axes)
    {
        Expect(axes.Order().SequenceEqual(Enumerable.Range(0, Shape.Rank)), $"axes {string.Join(',', axes)} of {Shape}");
        if (weight is { Transposed: false } && axes is [1, 0])
            return new OnnxTensor(graph, weight with { Transposed = true });
        return Node("Transpose", new Shape([.. axes.Select(axis => Shape[axis])]), [], OnnxGraph.Attribute("perm", axes));
    }

    public OnnxTensor Slice(int axis, Dim start, Dim end)
    {
        if (start.Value == 0 && end.Equals(Shape[axis]))
            return this;
        if (weight is { Transposed: false } && axis == 0 && start.Value is { } first && end.Value is { } last)
            return new OnnxTensor(graph, weight with { First = weight.First + (int)first, End = weight.First + (int)last });
        return Node("Slice", Shape.With(axis, end + (start * -1)), [graph.Sizes(start), graph.Sizes(end), graph.Constant((long)axis)]);
    }

    public OnnxTensor Expand(params Dim[] dims)
    {
        var shape = new Shape([.. dims]);
        Expect(Shape.Broadcast(Shape, shape).Equals(shape), $"{Shape} expanded to {shape}");
        return Node("Expand", shape, [graph.Sizes(dims)]);
    }

    public OnnxTensor L2Normalize()
    {
        // The floor is torch.nn.functional.normalize's: a zero vector stays zero instead of becoming NaN.
        var (single, length) = (AsSingle(), AsSingle().Node("ReduceL2", Shape.With(Shape.Rank - 1, 1), [graph.Constant(-1L)], OnnxGraph.Attribute("keepdims", 1)));
        var floored = length.Node("Max", length.Shape, [graph.Constant(1e-12f)]);
        return single.Node("Div", Shape, [floored.Value]);
    }

    public OnnxTensor Dropout() => this;

    public OnnxTensor Named(string name) => graph.Name(name, AsSingle());

    public static OnnxTensor Concat(int axis, params OnnxTensor[] parts)
    {
        var shape = parts[0].Shape;
        foreach (var part in parts.Skip(1))
        {
            Expect(part.Shape.With(axis, 0).Equals(shape.With(axis, 0)), $"{part.Shape} joined to {shape} along axis {axis}");
            shape = shape.With(axis, shape[axis] + part.Shape[axis]);
        }

        if (parts.Any(part => part.Type != parts[0].Type))
            parts = [.. parts.Select(part => part.AsSingle())];
        return parts[0].Node("Concat", shape, parts.Skip(1).Select(part => part.Value), OnnxGraph.Attribute("axis", axis));
    }

    public static OnnxTensor Attention(OnnxTensor query, OnnxTensor key, OnnxTensor value, int heads, OnnxTensor? keyMask)
    {
        Expect(
            key.Shape.Equals(value.Shape) && key.Shape.With(1, query.Shape[1]).Equals(query.Shape)
            && (keyMask is null || keyMask.Shape.Equals(new Shape(key.Shape[0], key.Shape[1]))),
            $"attention of {query.Shape} to {key.Shape}, {value.Shape} under {keyMask?.Shape}");

        // In a graph of halves all three are; the kernels for GPUs add up and take exponentials in fp32 all the same.
        // Inputs by position: query, key, value, (bias), key padding mask. The operator's own filter value is BERT's -10000.
        string[] mask = keyMask is null ? [] : ["", keyMask.Value];
        return query.graph.Node(
            "MultiHeadAttention",
            OnnxGraph.Contrib,
            query.Type,
            query.Shape,
            [query.Value, key.Value, value.Value, .. mask],
            OnnxGraph.Attribute("num_heads", heads),
            OnnxGraph.Attribute("mask_filter_value", -10000f));
    }

    public static OnnxTensor AbsorbedAttention(OnnxTensor query, OnnxTensor tokens, OnnxTensor keyWeight, OnnxTensor valueWeight, int heads)
    {
        var (batch, rows, width) = (query.Shape[0], query.Shape[1], query.Shape.Numbered(2));
        var (count, head) = (tokens.Shape[1], width / heads);
        Expect(
            query.Shape.Rank == 3 && tokens.Shape.Equals(query.Shape.With(1, count)) && width % heads == 0
            && keyWeight.Shape.Equals(new Shape(width, width)) && valueWeight.Shape.Equals(keyWeight.Shape),
            $"absorbed attention of {query.Shape} to {tokens.Shape} by {keyWeight.Shape} and {valueWeight.Shape}");

        // Head by head, so that each product is one of all rows of all pictures with a matrix that the runtime may pack once, when it opens the graph.
        // Both weights are read in the layout that the other graph stores; the runtime folds the cutting.
        var (keys, values) = (keyWeight.Transpose(1, 0), valueWeight.Transpose(1, 0)); // [width in, width out]
        var scaled = query.AsSingle().Node("Mul", query.Shape, [query.graph.Constant((float)(1 / Math.Sqrt(head)))]).Reshape(batch, 1, rows, width);
        var folded = Concat(1, [.. scaled.Split(3, heads).Select((part, h) => part.MatMul(Part(keys, h).Transpose(1, 0)))])
            .Reshape(batch, heads * rows, width);
        var scores = folded.Node("MatMul", new Shape(batch, heads * rows, count), [tokens.Transpose(0, 2, 1).Value]);
        var shares = scores.Node("Softmax", scores.Shape, [], OnnxGraph.Attribute("axis", -1));
        var mixed = shares.Node("MatMul", new Shape(batch, heads * rows, width), [tokens.Value]).Reshape(batch, heads, rows, width);
        return Concat(3, [.. mixed.Split(1, heads).Select((part, h) => part.MatMul(Part(values, h)))]).Reshape(batch, rows, width);

        OnnxTensor Part(OnnxTensor matrix, int h) => matrix.Slice(1, h * head, (h + 1) * head); // [width, head]
    }

    /// <summary>
    /// How the queries' attention is shared among keys: softmax of the scaled products of queries <c>[batch, m, width]</c> (this value) and keys
    /// <c>[batch, n, width]</c>, head by head: <c>[batch, heads, m, n]</c>. The fused operator keeps it to itself.
    /// </summary>
    public OnnxTensor AttentionShares(OnnxTensor key, int heads)
    {
        var (batch, rows, count, width) = (Shape[0], Shape[1], key.Shape[1], Shape.Numbered(2));
        Expect(Shape.Rank == 3 && key.Shape.Equals(Shape.With(1, count)) && width % heads == 0, $"shares of {Shape} among {key.Shape}");
        var head = width / heads;
        var queries = AsSingle().Node("Mul", Shape, [graph.Constant((float)(1 / Math.Sqrt(head)))]).Reshape(batch, rows, heads, head).Transpose(0, 2, 1, 3);
        var keys = key.AsSingle().Reshape(batch, count, heads, head).Transpose(0, 2, 3, 1);
        var scores = queries.Node("MatMul", new Shape(batch, heads, rows, count), [keys.Value]);
        return scores.Node("Softmax", scores.Shape, [], OnnxGraph.Attribute("axis", -1));
    }

    /// <summary>This value as 32-bit whole numbers: what attention masks are to ONNX Runtime.</summary>
    public OnnxTensor ToInt32() => Cast(OnnxType.Int32);

    public OnnxTensor Node(string op, Shape shape, IEnumerable<string> others, params Proto.AttributeProto[] attributes) =>
        graph.Node(op, "", Type, shape, [Value, .. others], attributes);

    /// <summary>Equal parts along an axis.</summary>
    OnnxTensor[] Split(int axis, int parts)
    {
        var shape = Shape.With(axis, Shape.Numbered(axis) / parts);
        return [.. graph.Nodes(
            "Split",
            Type,
            [.. Enumerable.Repeat(shape, parts)],
            [Value],
            OnnxGraph.Attribute("axis", axis),
            OnnxGraph.Attribute("num_outputs", parts)).Select(part => part!)];
    }

    /// <summary>This value in fp32.</summary>
    public OnnxTensor AsSingle() => Type == OnnxType.Half ? single ??= Cast(OnnxType.Float) : this;

    /// <summary>This value in fp16; a weight is stored so.</summary>
    OnnxTensor AsHalf() => Type == OnnxType.Half ? this
        : half ??= weight is null ? Cast(OnnxType.Half) : new OnnxTensor(graph, weight with { Form = WeightForm.Half });

    /// <summary>Both in one format: a bias in that of what it is added to, a residual in fp32.</summary>
    static (OnnxTensor, OnnxTensor) Alike(OnnxTensor left, OnnxTensor right) =>
        left.Type == right.Type ? (left, right)
        : left.Type == OnnxType.Half && right.weight is not null ? (left, right.AsHalf())
        : left.Type == OnnxType.Half || right.Type == OnnxType.Half ? (left.AsSingle(), right.AsSingle())
        : (left, right);

    IRounded Rounded => rounded ??= graph.Steps == ActivationSteps.Row ? new RoundedRows(graph, this) : new RoundedValue(graph, this);

    static void Expect(bool fits, string what)
    {
        if (!fits)
            throw new ShapeException($"Shapes do not fit: {what}.");
    }
}
