using System.Buffers.Binary;
using System.Text;

namespace MplugCluster.Model.Checkpoints.Pickle;

/// <summary>
/// Runs a pickle as torch.save writes it (protocols 2 to 5) and builds plain values only: null, bool, long, double, string, byte[],
/// lists, dictionaries, tuples (<c>object?[]</c>), tensors and storages. It cannot load a class or call a function: names outside
/// <see cref="AllowedGlobals"/> are errors. Work is linear in the pickle's length, and so is memory.
/// </summary>
/// <remarks>Source: python/cpython Lib/pickletools.py (opcode descriptions).</remarks>
sealed class Unpickler(byte[] pickle)
{
    static readonly object Mark = new();

    readonly List<object?> stack = [];
    readonly Dictionary<long, object?> memo = [];
    int at;

    /// <summary>The one value that the pickle holds.</summary>
    public object? Load()
    {
        while (true)
        {
            var op = Take(1)[0];
            if (op == (byte)'.')
                return Pop();
            Execute(op);
        }
    }

    void Execute(byte op)
    {
        switch (op)
        {
            case 0x80: Take(1); break; // PROTO
            case 0x95: Take(8); break; // FRAME
            case (byte)'(': stack.Add(Mark); break;
            case (byte)'0': Pop(); break;
            case (byte)'1': PopToMark(); break;
            case (byte)'2': stack.Add(Peek()); break;

            case (byte)'N': stack.Add(null); break;
            case 0x88: stack.Add(true); break;
            case 0x89: stack.Add(false); break;
            case (byte)'J': stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case (byte)'K': stack.Add((long)Take(1)[0]); break;
            case (byte)'M': stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 0x8a: stack.Add(Long(Take(Take(1)[0]))); break;
            case (byte)'G': stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;

            case (byte)'X': stack.Add(Text(Length(4))); break;
            case 0x8c: stack.Add(Text(Take(1)[0])); break;
            case 0x8d: stack.Add(Text(Length(8))); break;
            case (byte)'U': stack.Add(Text(Take(1)[0])); break;
            case (byte)'T': stack.Add(Text(Length(4))); break;
            case (byte)'C': stack.Add(Take(Take(1)[0]).ToArray()); break;
            case (byte)'B': stack.Add(Take(Length(4)).ToArray()); break;
            case 0x8e: stack.Add(Take(Length(8)).ToArray()); break;

            case (byte)')': stack.Add(Array.Empty<object?>()); break;
            case (byte)'t': stack.Add(PopToMark()); break;
            case 0x85: stack.Add(PopTuple(1)); break;
            case 0x86: stack.Add(PopTuple(2)); break;
            case 0x87: stack.Add(PopTuple(3)); break;
            case (byte)']': stack.Add(new List<object?>()); break;
            case 0x8f: stack.Add(new List<object?>()); break; // EMPTY_SET; sets only hold bookkeeping that nobody reads
            case 0x91: stack.Add(new List<object?>(PopToMark())); break; // FROZENSET
            case (byte)'a': Append([Pop()]); break;
            case (byte)'e' or 0x90: Append(PopToMark()); break;
            case (byte)'}': stack.Add(new Dictionary<object, object?>()); break;
            case (byte)'s': SetItems(PopTuple(2)); break;
            case (byte)'u': SetItems(PopToMark()); break;

            case (byte)'q': memo[Take(1)[0]] = Peek(); break;
            case (byte)'r': memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); break;
            case 0x94: memo[memo.Count] = Peek(); break;
            case (byte)'h': stack.Add(Recall(Take(1)[0])); break;
            case (byte)'j': stack.Add(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;

            case (byte)'c': stack.Add(Global(Line(), Line())); break;
            case 0x93: stack.Add(StackGlobal()); break;
            case (byte)'Q': stack.Add(AllowedGlobals.Storage(Pop())); break;
            case (byte)'R' or 0x81: Call(); break;
            case (byte)'b': Pop(); break; // BUILD: attributes of a dictionary, such as a state dict's _metadata
            case (byte)'i' or (byte)'o': throw new CheckpointException("The pickle creates an object of a class; only plain tensors are read.");
            default: throw new CheckpointException($"The pickle has the operation 0x{op:x2}, which torch.save never writes.");
        }
    }

    void Call()
    {
        var arguments = Pop();
        var callable = Pop();
        stack.Add(AllowedGlobals.Call(callable, arguments));
    }

    object StackGlobal()
    {
        var name = Pop() as string;
        var module = Pop() as string;
        return module is null || name is null ? throw Damaged("a class has no name") : Global(module, name);
    }

    static PickledGlobal Global(string module, string name)
    {
        var global = new PickledGlobal(module, name);
        return AllowedGlobals.Allows(global)
            ? global
            : throw new CheckpointException($"The pickle wants {global}; only plain tensors are read, so that opening a file can never run code.");
    }

    void Append(ReadOnlySpan<object?> items)
    {
        if (Peek() is not List<object?> list)
            throw Damaged("items are added to something that is not a list");
        list.AddRange(items);
    }

    void SetItems(object?[] pairs)
    {
        if (Peek() is not Dictionary<object, object?> dictionary || pairs.Length % 2 != 0)
            throw Damaged("entries are set on something that is not a dictionary");
        for (var i = 0; i < pairs.Length; i += 2)
        {
            // Nothing reads other keys, and numbers can be chosen so that they all hash alike.
            if (pairs[i] is string key)
                dictionary[key] = pairs[i + 1];
        }
    }

    object? Recall(long key) => memo.TryGetValue(key, out var value) ? value : throw Damaged($"it recalls value {key}, which was never kept");

    object? Peek() => stack.Count > 0 && stack[^1] != Mark ? stack[^1] : throw Damaged("its stack is empty");

    object? Pop()
    {
        var value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    object?[] PopTuple(int count)
    {
        var items = new object?[count];
        for (var i = count - 1; i >= 0; i--)
            items[i] = Pop();
        return items;
    }

    object?[] PopToMark()
    {
        var mark = stack.LastIndexOf(Mark);
        if (mark < 0)
            throw Damaged("a mark is missing");
        var items = stack.GetRange(mark + 1, stack.Count - mark - 1).ToArray();
        stack.RemoveRange(mark, stack.Count - mark);
        return items;
    }

    string Line()
    {
        var end = Array.IndexOf(pickle, (byte)'\n', at);
        if (end < 0)
            throw Damaged("it ends inside a name");
        var line = Text(end - at);
        at = end + 1;
        return line;
    }

    string Text(int bytes) => Encoding.UTF8.GetString(Take(bytes));

    int Length(int bytes)
    {
        var length = bytes == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(Take(4)) : BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
        return length <= (ulong)(pickle.Length - at) ? (int)length : throw Damaged($"a value of {length:N0} bytes runs over its end");
    }

    long Long(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8)
            throw Damaged($"a whole number of {bytes.Length} bytes");
        long value = bytes.Length > 0 && bytes[^1] >= 0x80 ? -1 : 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
            value = value << 8 | bytes[i];
        return value;
    }

    ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > pickle.Length - at)
            throw Damaged("it ends early");
        at += bytes;
        return pickle.AsSpan(at - bytes, bytes);
    }

    static CheckpointException Damaged(string how) => new($"The pickle is damaged: {how}.");
}
