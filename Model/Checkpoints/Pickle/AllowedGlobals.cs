namespace MplugCluster.Model.Checkpoints.Pickle;

/// <summary>The few classes and functions that a state dict needs. Anything else a pickle asks for is refused by name.</summary>
static class AllowedGlobals
{
    const int MaxAxes = 8;

    static readonly Dictionary<string, ElementType> Storages = new(StringComparer.Ordinal)
    {
        ["torch.DoubleStorage"] = ElementType.Float64,
        ["torch.FloatStorage"] = ElementType.Float32,
        ["torch.HalfStorage"] = ElementType.Float16,
        ["torch.BFloat16Storage"] = ElementType.BFloat16,
        ["torch.LongStorage"] = ElementType.Int64,
        ["torch.IntStorage"] = ElementType.Int32,
        ["torch.ShortStorage"] = ElementType.Int16,
        ["torch.CharStorage"] = ElementType.Int8,
        ["torch.ByteStorage"] = ElementType.UInt8,
        ["torch.BoolStorage"] = ElementType.Bool,
    };

    static readonly HashSet<string> Callables = new(StringComparer.Ordinal)
    {
        "collections.OrderedDict", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter", "torch.Size", "torch.device",
        "_codecs.encode", "__builtin__.set", "__builtin__.frozenset", "__builtin__.list", "__builtin__.dict", "__builtin__.tuple",
        "builtins.set", "builtins.frozenset", "builtins.list", "builtins.dict", "builtins.tuple",
    };

    /// <summary>Whether a pickle may mention it.</summary>
    public static bool Allows(PickledGlobal global) => Storages.ContainsKey($"{global}") || Callables.Contains($"{global}");

    /// <summary>Name of the storage class of a type, in module torch.</summary>
    public static string StorageName(ElementType type) => Storages.First(storage => storage.Value == type).Key["torch.".Length..];

    /// <summary>The storage behind torch's persistent id <c>('storage', class, key, device, count)</c>.</summary>
    public static PickledStorage Storage(object? id) =>
        id is object?[] { Length: >= 5 } parts && parts[0] is "storage" && parts[1] is PickledGlobal type && parts[2] is string key
            && parts[4] is long count && Storages.TryGetValue($"{type}", out var element)
            ? new PickledStorage(element, key, count)
            : throw new CheckpointException("The pickle refers to something outside that is not a tensor storage.");

    /// <summary>The result of "calling" an allowed global.</summary>
    public static object? Call(object? callable, object? arguments)
    {
        if (callable is not PickledGlobal global || arguments is not object?[] a)
            throw new CheckpointException("The pickle calls something that is not a named function.");
        return ($"{global}", a) switch
        {
            ("collections.OrderedDict", []) => new Dictionary<object, object?>(),
            ("torch._utils._rebuild_tensor_v2", [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..]) =>
                new PickledTensor(storage, offset, Numbers(shape), Numbers(strides)),
            ("torch._utils._rebuild_parameter", [PickledTensor tensor, ..]) => tensor,
            ("torch.Size", [object?[] sizes]) => sizes,
            ("torch.device", _) => null,
            ("_codecs.encode", [string text, ..]) => text,
            ("__builtin__.set" or "__builtin__.frozenset" or "builtins.set" or "builtins.frozenset", [] or [List<object?>]) => new List<object?>(),
            ("__builtin__.list" or "builtins.list", []) => new List<object?>(),
            ("__builtin__.dict" or "builtins.dict", []) => new Dictionary<object, object?>(),
            ("__builtin__.tuple" or "builtins.tuple", []) => Array.Empty<object?>(),
            _ => throw new CheckpointException($"The pickle calls {global} with arguments that a state dict never has."),
        };
    }

    /// <summary>A copy for each tensor, so it must be short: a pickle can name one long tuple a million times.</summary>
    static long[] Numbers(object?[] values) => values.Length <= MaxAxes
        ? [.. values.Select(value => value is long number ? number : throw new CheckpointException("A tensor's shape holds something that is not a whole number."))]
        : throw new CheckpointException($"A tensor has {values.Length} axes; at most {MaxAxes} are read.");
}
