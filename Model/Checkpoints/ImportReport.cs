namespace MplugCluster.Model.Checkpoints;

/// <summary>What an import found: tensors it used, ignored, missed, or found with another shape.</summary>
public sealed record ImportReport
{
    /// <summary>Tensors that the model reads.</summary>
    public required IReadOnlyList<TensorInfo> Used { get; init; }

    /// <summary>Tensors of the checkpoint that retrieval does not need (momentum copies, queues, CLIP's text tower, unused layers).</summary>
    public required IReadOnlyList<TensorInfo> Ignored { get; init; }

    /// <summary>Tensors that the model needs and the checkpoint lacks.</summary>
    public required IReadOnlyList<TensorInfo> Missing { get; init; }

    /// <summary>Tensors of another shape than the configuration asks for.</summary>
    public required IReadOnlyList<(TensorInfo Expected, TensorInfo Found)> Mismatched { get; init; }

    /// <summary>Whether the import can go on.</summary>
    public bool Ok => Missing.Count == 0 && Mismatched.Count == 0;

    /// <summary>One line for each tensor that is missing or mismatched.</summary>
    public IEnumerable<string> Faults =>
    [
        .. Missing.Select(tensor => $"{tensor.Name}: expected {tensor.ShapeText}, found nothing"),
        .. Mismatched.Select(pair => $"{pair.Expected.Name}: expected {pair.Expected.ShapeText}, found {pair.Found.ShapeText}"),
    ];

    /// <summary>Compares what is asked for with what is there.</summary>
    public static ImportReport Compare(IEnumerable<TensorInfo> asked, IReadOnlyDictionary<string, TensorInfo> found)
    {
        var wanted = asked.ToList();
        var names = wanted.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        return new ImportReport
        {
            Used = [.. wanted.Where(tensor => found.TryGetValue(tensor.Name, out var there) && there.Shape.SequenceEqual(tensor.Shape))],
            Ignored = [.. found.Values.Where(tensor => !names.Contains(tensor.Name)).OrderBy(tensor => tensor.Name, StringComparer.Ordinal)],
            Missing = [.. wanted.Where(tensor => !found.ContainsKey(tensor.Name))],
            Mismatched = [.. wanted
                .Where(tensor => found.TryGetValue(tensor.Name, out var there) && !there.Shape.SequenceEqual(tensor.Shape))
                .Select(tensor => (tensor, found[tensor.Name]))],
        };
    }

    /// <summary>Throws with all faults at once.</summary>
    /// <exception cref="CheckpointException">A tensor is missing or has another shape.</exception>
    public void ThrowIfFailed()
    {
        if (!Ok)
        {
            throw new CheckpointException(
                $"The checkpoint does not fit its configuration ({Missing.Count} missing, {Mismatched.Count} of another shape):\n  "
                + string.Join("\n  ", Faults));
        }
    }
}
