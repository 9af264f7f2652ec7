using System.Collections.Immutable;

namespace MplugCluster.Model.Onnx;

/// <summary>
/// A checkpoint tensor as a graph reads it: rows <c>[First, End)</c> of it, transposed or not. The checkpoint keeps linear layers as
/// <c>[to, from]</c> while MatMul reads <c>[from, to]</c>, so folding the transposition into the file saves it at every run.
/// </summary>
/// <param name="Name">Checkpoint name.</param>
/// <param name="Shape">Shape of the whole checkpoint tensor.</param>
/// <param name="First">First row taken, along axis 0.</param>
/// <param name="End">End of the rows taken.</param>
/// <param name="Transposed">Whether the (two-dimensional) rows are stored transposed.</param>
/// <param name="Form">In which numbers.</param>
sealed record StoredWeight(string Name, ImmutableArray<int> Shape, int First, int End, bool Transposed, WeightForm Form = WeightForm.Single)
{
    /// <summary>Shape as stored.</summary>
    public ImmutableArray<int> StoredShape
    {
        get
        {
            var rows = Shape.IsEmpty ? Shape : Shape.SetItem(0, End - First);
            return Form == WeightForm.Steps ? [rows[0]] : Transposed ? [rows[1], rows[0]] : rows;
        }
    }

    /// <summary>Name of the initializer.</summary>
    public string Key => Name
        + (Shape.IsEmpty || (First == 0 && End == Shape[0]) ? "" : $"[{First}:{End}]")
        + (Transposed ? ".T" : "")
        + Form switch { WeightForm.Int8 => ".int8", WeightForm.Steps => ".steps", WeightForm.Half => ".half", _ => "" };

    /// <summary>Bytes as stored.</summary>
    public long Bytes => Form switch { WeightForm.Int8 => sizeof(sbyte), WeightForm.Half => 2, _ => sizeof(float) }
        * StoredShape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Element type as stored.</summary>
    public OnnxType Type => Form switch { WeightForm.Int8 => OnnxType.Int8, WeightForm.Half => OnnxType.Half, _ => OnnxType.Float };

    /// <inheritdoc/>
    public bool Equals(StoredWeight? other) => other is not null && Key == other.Key;

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);
}
