using MplugCluster.Model.Onnx;

namespace MplugCluster.Training.Steps;

/// <summary>One batch's random numbers for dropout.</summary>
sealed class DropoutInputs : IDisposable
{
    readonly HostMemory numbers;
    readonly HostMemory places;
    readonly int count;
    readonly int sites;

    /// <summary>Draws them.</summary>
    /// <param name="sizes">Elements of each site.</param>
    /// <param name="seed">Seed.</param>
    public DropoutInputs(int[] sizes, int seed)
    {
        var random = new Random(seed);
        (count, sites) = (2 * sizes.Max(), sizes.Length);
        (numbers, places) = (new((long)count * sizeof(float)), new((long)sites * sizeof(long)));
        foreach (ref var number in numbers.Span<float>(0, count))
            number = random.NextSingle();
        var starts = places.Span<long>(0, sites);
        for (var site = 0; site < sites; site++)
            starts[site] = random.Next(count - sizes[site] + 1);
    }

    /// <summary>The inputs by name.</summary>
    public IEnumerable<KeyValuePair<string, BoundTensor>> Tensors =>
    [
        new(StepNames.DropoutNumbers, numbers.View(0, OnnxType.Float, count)),
        new(StepNames.DropoutPlaces, places.View(0, OnnxType.Int64, sites)),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        numbers.Dispose();
        places.Dispose();
    }
}
