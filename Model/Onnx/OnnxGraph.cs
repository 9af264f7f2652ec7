using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Google.Protobuf;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Onnx;

/// <summary>One ONNX graph while it is being written: nodes, constants, and where every symbolic size can be read at run time.</summary>
sealed class OnnxGraph(
    string name, Precision precision = Precision.Fp32, ActivationSteps steps = ActivationSteps.Row, int opset = OnnxGraph.GeluOpset)
{
    /// <summary>The first ONNX operator set of the default domain that has Gelu.</summary>
    const int GeluOpset = 20;

    /// <summary>
    /// The operator set of training graphs: the last one whose operators ONNX Runtime's CUDA provider has all. Of 19 it lacks Equal and Pad, of 20
    /// ConstantOfShape, and what it lacks runs on the processor, with copies there and back.
    /// </summary>
    public const int TrainingOpset = 18;

    /// <summary>Format version that belongs to operator set 20.</summary>
    const int IrVersion = 9;

    /// <summary>Domain of ONNX Runtime's fused operators.</summary>
    public const string Contrib = "com.microsoft";

    readonly GraphProto graph = new() { Name = name };
    readonly Dictionary<string, (string Input, int Axis)> symbols = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> constants = new(StringComparer.Ordinal);
    readonly Dictionary<string, OnnxTensor> sizes = new(StringComparer.Ordinal);
    readonly Dictionary<string, StoredWeight> weights = new(StringComparer.Ordinal);
    int values;

    /// <summary>Number format of the linear layers.</summary>
    public Precision Precision => precision;

    /// <summary>What shares a step where an int8 graph rounds activations.</summary>
    public ActivationSteps Steps => steps;

    /// <summary>
    /// Whether the runtime is told the sizes behind a reshape, which it does not find out. Then it knows which values can have each other's memory: the
    /// image encoder in int8 opens in less than half the time, because its plan no longer compares every value with every free piece of memory. A pair scorer
    /// would hold on to more memory between its runs. Default: false.
    /// </summary>
    public bool DeclaresSizes { get; init; }

    /// <summary>Domain of the operator Gelu: before ONNX had it, ONNX Runtime did.</summary>
    public string GeluDomain => opset < GeluOpset ? Contrib : "";

    /// <summary>Weights that the graph reads, in the order of first use.</summary>
    public IReadOnlyCollection<StoredWeight> Weights => weights.Values;

    /// <summary>Declares an input; its symbolic sizes become known to the graph.</summary>
    public OnnxTensor Input(string input, OnnxType type, params Dim[] dims)
    {
        var tensor = new OnnxTensor(this, input, type, new Shape([.. dims]));
        graph.Input.Add(Describe(tensor));
        for (var axis = 0; axis < dims.Length; axis++)
        {
            if (dims[axis].Value is null)
                symbols.TryAdd(dims[axis].ToString(), (input, axis));
        }

        return tensor;
    }

    /// <summary>Declares an output, which keeps its name.</summary>
    /// <param name="output">The name.</param>
    /// <param name="tensor">Its value.</param>
    /// <param name="asItIs">Whether halves stay halves; else they become fp32.</param>
    public void Output(string output, OnnxTensor tensor, bool asItIs = false)
    {
        tensor = asItIs ? tensor : tensor.AsSingle();
        graph.Node.Add(new NodeProto { OpType = "Identity", Input = { tensor.Value }, Output = { output }, Name = output });
        graph.Output.Add(Describe(new OnnxTensor(this, output, tensor.Type, tensor.Shape)));
    }

    /// <summary>Adds a node with one output.</summary>
    public OnnxTensor Node(string op, string domain, OnnxType type, Shape shape, IEnumerable<string> inputs, params AttributeProto[] attributes)
    {
        var output = $"{op}_{values++}";
        graph.Node.Add(new NodeProto
        {
            OpType = op,
            Domain = domain,
            Name = output,
            Input = { inputs },
            Output = { output },
            Attribute = { attributes },
        });
        return new OnnxTensor(this, output, type, shape);
    }

    /// <summary>Adds a node with several outputs; those without a shape are not asked for.</summary>
    public OnnxTensor?[] Nodes(string op, OnnxType type, Shape?[] shapes, IEnumerable<string> inputs, params AttributeProto[] attributes)
    {
        var number = values++;
        string[] outputs = [.. shapes.Select((shape, i) => shape is null ? "" : $"{op}_{number}_{i}")];
        graph.Node.Add(new NodeProto { OpType = op, Name = $"{op}_{number}", Input = { inputs }, Output = { outputs }, Attribute = { attributes } });
        return [.. shapes.Select((shape, i) => shape is null ? null : new OnnxTensor(this, outputs[i], type, shape))];
    }

    /// <summary>Gives a value a stable name; verification turns it into an output of a copy of the graph.</summary>
    public OnnxTensor Name(string stable, OnnxTensor tensor)
    {
        graph.Node.Add(new NodeProto { OpType = "Identity", Input = { tensor.Value }, Output = { stable }, Name = stable });
        var named = new OnnxTensor(this, stable, tensor.Type, tensor.Shape);
        graph.ValueInfo.Add(Describe(named));
        return named;
    }

    /// <summary>Tells the runtime a value's shape, where it cannot find out by itself. Returns the same value.</summary>
    public OnnxTensor Declare(OnnxTensor tensor)
    {
        graph.ValueInfo.Add(Describe(tensor));
        return tensor;
    }

    /// <summary>Name of the initializer that holds a weight.</summary>
    public string Weight(StoredWeight weight)
    {
        weights.TryAdd(weight.Key, weight);
        return weight.Key;
    }

    /// <summary>A constant vector of whole numbers.</summary>
    public string Constant(params long[] numbers) =>
        Constant($"i64_{string.Join('_', numbers)}", OnnxType.Int64, [numbers.Length], MemoryMarshal.AsBytes<long>(numbers.AsSpan()));

    /// <summary>A constant of one element: <c>[1]</c>.</summary>
    public string Constant(int number) =>
        Constant($"i32_{number}", OnnxType.Int32, [1], MemoryMarshal.AsBytes<int>(new[] { number }.AsSpan()));

    /// <summary>A constant number without axes.</summary>
    public string Constant(float number) =>
        Constant(FormattableString.Invariant($"f32_{number:R}"), OnnxType.Float, [], MemoryMarshal.AsBytes<float>(new[] { number }.AsSpan()));

    /// <summary>The constant vector 0, 1, 2, ...</summary>
    public string Range(int count)
    {
        long[] numbers = [.. Enumerable.Range(0, count).Select(number => (long)number)];
        return Constant($"range_{count}", OnnxType.Int64, [count], MemoryMarshal.AsBytes<long>(numbers));
    }

    /// <summary>A constant vector of ones.</summary>
    public string Ones(int count)
    {
        var ones = new float[count];
        Array.Fill(ones, 1);
        return Constant($"ones_{count}", OnnxType.Float, [count], MemoryMarshal.AsBytes<float>(ones));
    }

    /// <summary>A constant byte without axes.</summary>
    public string Constant(byte number) => Constant($"u8_{number}", OnnxType.UInt8, [], [number]);

    /// <summary>A list of sizes as the vector that Reshape, Expand and Slice read; computed from the inputs where symbols are in it.</summary>
    public string Sizes(params ReadOnlySpan<Dim> dims)
    {
        if (AllKnown(dims) is { } known)
            return Constant(known);
        var parts = new OnnxTensor[dims.Length];
        for (var i = 0; i < dims.Length; i++)
            parts[i] = Size(dims[i]);
        return parts.Length == 1
            ? parts[0].Value
            : Node("Concat", "", OnnxType.Int64, new Shape(parts.Length), parts.Select(part => part.Value), Attribute("axis", 0)).Value;
    }

    /// <summary>Some size <c>[1]</c> that the runtime knows only when it runs.</summary>
    public string UnknownSize => symbols.Count > 0
        ? Symbol(symbols.Keys.Min(StringComparer.Ordinal)!).Value
        : throw new ShapeException($"All sizes of graph '{name}' are known.");

    /// <summary>The finished model.</summary>
    /// <param name="place">Where each weight lies: inline bytes, or file, offset and length.</param>
    public ModelProto Build(Func<StoredWeight, TensorProto> place)
    {
        foreach (var weight in weights.Values)
        {
            var tensor = place(weight);
            tensor.Name = weight.Key;
            tensor.DataType = (int)weight.Type;
            tensor.Dims.Add(weight.StoredShape.Select(size => (long)size));
            graph.Initializer.Add(tensor);
        }

        return new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "MplugCluster",
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Version = opset }, new OperatorSetIdProto { Domain = Contrib, Version = 1 } },
        };
    }

    public static AttributeProto Attribute(string attribute, long value) =>
        new() { Name = attribute, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Attribute(string attribute, float value) =>
        new() { Name = attribute, F = value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto Attribute(string attribute, string value) =>
        new() { Name = attribute, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String };

    public static AttributeProto Attribute(string attribute, IEnumerable<int> values) =>
        new() { Name = attribute, Ints = { values.Select(value => (long)value) }, Type = AttributeProto.Types.AttributeType.Ints };

    /// <summary>One size as a vector of one element.</summary>
    OnnxTensor Size(Dim dim)
    {
        if (sizes.TryGetValue(dim.ToString(), out var done))
            return done;
        if (dim.Value is { } number)
            return Number(number);
        var sum = dim.Products
            .Select(product => product.Symbols.Select(Symbol).Aggregate(
                product.Coefficient == 1 && product.Symbols.Length > 0 ? null : Number(product.Coefficient),
                (left, right) => left is null ? right : Combine("Mul", left, right))!)
            .Aggregate((left, right) => Combine("Add", left, right));
        return sizes[dim.ToString()] = sum;

        OnnxTensor Number(long value) => new(this, Constant(value), OnnxType.Int64, new Shape(1));
        OnnxTensor Combine(string op, OnnxTensor a, OnnxTensor b) => Node(op, "", OnnxType.Int64, new Shape(1), [a.Value, b.Value]);
    }

    OnnxTensor Symbol(string symbol)
    {
        if (sizes.TryGetValue(symbol, out var done))
            return done;
        if (!symbols.TryGetValue(symbol, out var source))
            throw new ShapeException($"No input of graph '{name}' has the size {symbol}.");
        return sizes[symbol] = Node(
            "Shape", "", OnnxType.Int64, new Shape(1), [source.Input], Attribute("start", source.Axis), Attribute("end", source.Axis + 1));
    }

    string Constant(string key, OnnxType type, ImmutableArray<long> dims, ReadOnlySpan<byte> bytes)
    {
        if (constants.TryAdd(key, key))
            graph.Initializer.Add(new TensorProto { Name = key, DataType = (int)type, Dims = { dims }, RawData = ByteString.CopyFrom(bytes) });
        return key;
    }

    static long[]? AllKnown(ReadOnlySpan<Dim> dims)
    {
        var known = new long[dims.Length];
        for (var i = 0; i < dims.Length; i++)
        {
            if (dims[i].Value is not { } value)
                return null;
            known[i] = value;
        }

        return known;
    }

    static ValueInfoProto Describe(OnnxTensor tensor)
    {
        var shape = new TensorShapeProto();
        foreach (var dim in tensor.Shape.Dims)
        {
            shape.Dim.Add(dim.Value is { } value
                ? new TensorShapeProto.Types.Dimension { DimValue = value }
                : new TensorShapeProto.Types.Dimension { DimParam = dim.ToString() });
        }

        return new ValueInfoProto
        {
            Name = tensor.Value,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)tensor.Type, Shape = shape } },
        };
    }
}
