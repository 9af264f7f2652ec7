using System.Buffers.Binary;
using System.Text;

namespace MplugCluster.Model.Checkpoints.Pickle;

/// <summary>Writes a state dict as torch.save does: an ordered dictionary of names and tensors, pickle protocol 2.</summary>
/// <remarks>Source: python/cpython Lib/pickletools.py (opcodes); pytorch/pytorch torch/_tensor.py _reduce_ex_internal (a tensor's parts).</remarks>
sealed class StateDictPickler
{
    readonly MemoryStream pickle = new();

    /// <summary>The pickle of some tensors.</summary>
    /// <param name="tensors">In the order of the dictionary.</param>
    /// <param name="wrappers">Names of dictionaries around it, outermost first: training frameworks write <c>{"model": ...}</c>.</param>
    public static byte[] Write(IEnumerable<KeyValuePair<string, PickledTensor>> tensors, IReadOnlyList<string> wrappers)
    {
        var pickler = new StateDictPickler();
        pickler.Ops("\u0080\u0002");
        foreach (var wrapper in wrappers)
        {
            pickler.Ops("}");
            pickler.Text(wrapper);
        }

        pickler.Global("collections", "OrderedDict").Ops(")R(");
        foreach (var (name, tensor) in tensors)
        {
            pickler.Text(name);
            pickler.Tensor(tensor);
        }

        pickler.Ops("u");
        foreach (var _ in wrappers)
            pickler.Ops("s");
        pickler.Ops(".");
        return pickler.pickle.ToArray();
    }

    void Tensor(PickledTensor tensor)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Ops("((");
        Text("storage");
        Global("torch", AllowedGlobals.StorageName(tensor.Storage.Type));
        Text(tensor.Storage.Key);
        Text("cpu");
        Number(tensor.Storage.Count);
        Ops("tQ");
        Number(tensor.Offset);
        Numbers(tensor.Shape);
        Numbers(tensor.Strides);
        Ops("\u0089");
        Global("collections", "OrderedDict").Ops(")RtR");
    }

    void Numbers(long[] values)
    {
        Ops("(");
        foreach (var value in values)
            Number(value);
        Ops("t");
    }

    void Number(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        if (value is >= 0 and <= byte.MaxValue)
        {
            Ops("K");
            pickle.Write(bytes[..1]);
        }
        else if (value is >= int.MinValue and <= int.MaxValue)
        {
            Ops("J");
            pickle.Write(bytes[..4]);
        }
        else
        {
            Ops("\u008a\u0008");
            pickle.Write(bytes);
        }
    }

    void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Ops("X");
        pickle.Write(length);
        pickle.Write(bytes);
    }

    StateDictPickler Global(string module, string name)
    {
        Ops($"c{module}\n{name}\n");
        return this;
    }

    void Ops(string ops) => pickle.Write(Encoding.Latin1.GetBytes(ops));
}
