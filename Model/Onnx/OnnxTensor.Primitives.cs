using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Onnx;

/// <summary>The steps that only training graphs are made of.</summary>
sealed partial class OnnxTensor
{
    /// <summary>Up to this many rows, adding up by row number is a product with a matrix of ones and zeros: fast, and in one order on every device.</summary>
    const int OneHotRows = 2048;

    public static OnnxTensor operator -(OnnxTensor left, OnnxTensor right) => left.Binary("Sub", right);

    public static OnnxTensor operator *(OnnxTensor left, OnnxTensor right) => left.Binary("Mul", right);

    public static OnnxTensor operator /(OnnxTensor left, OnnxTensor right) => left.Binary("Div", right);

    public OnnxTensor Scale(float factor) => Node("Mul", Shape, [graph.Constant(factor)]);

    public OnnxTensor Shift(float addend) => Node("Add", Shape, [graph.Constant(addend)]);

    public OnnxTensor Exp() => Node("Exp", Shape, []);

    public OnnxTensor Sqrt() => Node("Sqrt", Shape, []);

    public OnnxTensor Erf() => Node("Erf", Shape, []);

    public OnnxTensor Sigmoid() => Node("Sigmoid", Shape, []);

    public OnnxTensor Softmax() => Node("Softmax", Shape, [], OnnxGraph.Attribute("axis", -1));

    public OnnxTensor LogSoftmax() => Node("LogSoftmax", Shape, [], OnnxGraph.Attribute("axis", -1));

    public (OnnxTensor Standard, OnnxTensor InverseDeviation) Standardize(float epsilon)
    {
        // The operator has a second use for what it divided by; its first extra output, the mean, is of no interest.
        var outputs = graph.Nodes(
            "LayerNormalization",
            Type,
            [Shape, null, Shape.With(Shape.Rank - 1, 1)],
            [Value, graph.Ones(Shape.Numbered(Shape.Rank - 1))],
            OnnxGraph.Attribute("axis", -1),
            OnnxGraph.Attribute("epsilon", epsilon));
        return (outputs[0]!, outputs[2]!);
    }

    public OnnxTensor Sum(params int[] axes)
    {
        var shape = axes.Aggregate(Shape, (shape, axis) => shape.With(axis, 1));
        return Node("ReduceSum", shape, [graph.Constant([.. axes.Select(axis => (long)axis)])], OnnxGraph.Attribute("keepdims", 1));
    }

    public OnnxTensor BatchMatMul(OnnxTensor other)
    {
        var rank = Shape.Rank;
        Expect(
            rank == other.Shape.Rank && Shape[^1].Equals(other.Shape[^2]) && Shape.With(rank - 1, 1).With(rank - 2, 1).Equals(other.Shape.With(rank - 1, 1).With(rank - 2, 1)),
            $"batches {Shape} times {other.Shape}");
        return Node("MatMul", Shape.With(rank - 1, other.Shape[^1]), [other.Value]);
    }

    public OnnxTensor Pad(int axis, Dim before, Dim after) => Node(
        "Pad", Shape.With(axis, before + Shape[axis] + after), [graph.Sizes(before, after), "", graph.Constant((long)axis)]);

    public OnnxTensor ScatterAdd(OnnxTensor ids, Dim rows)
    {
        var (count, width) = (ids.Shape.Count, Shape[^1]);
        Expect(Shape.Equals(new Shape([.. ids.Shape.Dims, width])), $"rows {Shape} added up by {ids.Shape}");
        var updates = Reshape(count, width);
        var number = new Shape(rows).Numbers[0];
        if (number <= OneHotRows)
        {
            var everyRow = new OnnxTensor(graph, graph.Range(number), OnnxType.Int64, new Shape(rows));
            return ids.Reshape(count, 1).EqualTo(everyRow).Transpose(1, 0).MatMul(updates);
        }

        // On the processor this operator runs in one thread, so its sums too are always in one order.
        var zeros = graph.Node("ConstantOfShape", "", OnnxType.Float, new Shape(rows, width), [graph.Sizes(rows, width)]);
        return zeros.Node(
            "ScatterElements",
            zeros.Shape,
            [ids.Reshape(count, 1).Expand(count, width).Value, updates.Value],
            OnnxGraph.Attribute("axis", 0),
            OnnxGraph.Attribute("reduction", "add"));
    }

    public OnnxTensor EqualTo(OnnxTensor other) => Comparison("Equal", other);

    public OnnxTensor AtMost(OnnxTensor other) => Comparison("LessOrEqual", other);

    public OnnxTensor RunningSum() => Node("CumSum", Shape, [graph.Constant(-1L)]);

    public OnnxTensor After(params OnnxTensor[] others)
    {
        // Of the others' first numbers none is taken, but the runtime cannot know: where the slice begins and ends is a size of an input. So how many
        // there are has to wait for the numbers, and is added to the sizes; a reshape to them copies nothing, and the runtime can neither leave it out nor
        // take it for another one. The numbers themselves are never looked at: of a GPU they would have to be waited for.
        var firsts = Concat(0, [.. others.Select(other => other.First)]);
        var none = graph.Node("Slice", "", Type, new Shape(0), [firsts.Value, graph.UnknownSize, graph.UnknownSize, graph.Constant(0L)]);
        var count = graph.Node("Shape", "", OnnxType.Int64, new Shape(1), [none.Value]);
        var sizes = new OnnxTensor(graph, graph.Sizes([.. Shape.Dims]), OnnxType.Int64, new Shape(Shape.Rank)) + count;
        return graph.Declare(Node("Reshape", Shape, [sizes.Value]));
    }

    public OnnxTensor ToIds() => Cast(OnnxType.Int64);

    /// <summary>This value as float32.</summary>
    public OnnxTensor ToFloat() => Cast(OnnxType.Float);

    /// <summary>This <c>[rows, ...]</c> with other rows <c>[count, ...]</c> at the given numbers <c>[count]</c>, each at most once.</summary>
    public OnnxTensor WithRows(OnnxTensor ids, OnnxTensor rows) =>
        Node("ScatterND", Shape, [ids.Reshape(ids.Shape[0], 1).Value, rows.Value]);

    /// <summary>The first number: <c>[1]</c>.</summary>
    OnnxTensor First
    {
        get
        {
            long[] axes = [.. Enumerable.Range(0, Shape.Rank).Select(axis => (long)axis)];
            var one = axes.Aggregate(Shape, (shape, axis) => shape.With((int)axis, 1));
            return Shape.Rank == 0
                ? Reshape(1)
                : Node("Slice", one, [graph.Constant(new long[Shape.Rank]), graph.Constant([.. axes.Select(_ => 1L)]), graph.Constant(axes)]).Reshape(1);
        }
    }

    public OnnxTensor Cast(OnnxType type) => graph.Node("Cast", "", type, Shape, [Value], OnnxGraph.Attribute("to", (int)type));

    OnnxTensor Binary(string op, OnnxTensor other) => Node(op, Shape.Broadcast(Shape, other.Shape), [other.Value]);

    OnnxTensor Comparison(string op, OnnxTensor other) => graph
        .Node(op, "", OnnxType.Bool, Shape.Broadcast(Shape, other.Shape), [Value, other.Value])
        .ToFloat();
}
