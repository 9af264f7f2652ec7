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
        (numbers, places) = (new((long)count * sizeof(float)), new(2L * sites * HostMemory.Alignment));
        foreach (ref var number in numbers.Span<float>(0, count))
            number = random.NextSingle();
        for (var site = 0; site < sites; site++)
        {
            var begin = random.Next(count - sizes[site] + 1);
            places.Span<long>(Begin(site), 1)[0] = begin;
            places.Span<long>(End(site), 1)[0] = begin + sizes[site];
        }
    }

    /// <summary>The inputs by name.</summary>
    public IEnumerable<KeyValuePair<string, BoundTensor>> Tensors =>
    [
        new(StepNames.DropoutNumbers, numbers.View(0, OnnxType.Float, count)),
        .. Enumerable.Range(0, sites).SelectMany(site => (KeyValuePair<string, BoundTensor>[])
        [
            new(StepNames.DropoutBegin(site), places.View(Begin(site), OnnxType.Int64, 1)),
            new(StepNames.DropoutEnd(site), places.View(End(site), OnnxType.Int64, 1)),
        ]),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        numbers.Dispose();
        places.Dispose();
    }

    static long Begin(int site) => 2L * site * HostMemory.Alignment;

    static long End(int site) => Begin(site) + HostMemory.Alignment;
}
