using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Onnx.Proto;

namespace MplugCluster.Model.Packages;

/// <summary>The weights of a package under their checkpoint names and in the checkpoint's layout: put together and turned back from what graphs store.</summary>
sealed partial class PackageWeightSource : IWeights, IDisposable
{
    readonly StorageFile file;
    readonly Dictionary<string, List<Part>> parts = new(StringComparer.Ordinal);

    /// <exception cref="PackageException">The package's weights are rounded.</exception>
    public PackageWeightSource(ModelPackage package)
    {
        if (package.Manifest.Precision != Precision.Fp32)
        {
            throw new PackageException(
                $"'{package.Directory}' has rounded weights ({package.Manifest.Precision.Name()}); use the checkpoint, or its fp32 package.");
        }

        file = new StorageFile(Path.Combine(package.Directory, PackageLayout.Weights));
        foreach (var name in PackageLayout.Files(Precision.Fp32).Where(name => name.EndsWith(".onnx", StringComparison.Ordinal)))
        {
            foreach (var tensor in GraphFile.Read(Path.Combine(package.Directory, name)).Graph.Initializer)
            {
                if (tensor.ExternalData.Count > 0)
                    Add(tensor);
            }
        }

        Tensors = new PackageGraphs(package.Config).Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <inheritdoc/>
    public void Read(string name, Span<float> destination)
    {
        // Rows that inference never reads, such as the second token type's, are not in the package.
        destination.Clear();
        var row = destination.Length / Math.Max(1, Tensors[name].Shape.IsEmpty ? 1 : Tensors[name].Shape[0]);
        foreach (var part in parts[name])
        {
            var stored = new float[part.Rows.Aggregate(1, (product, size) => product * size)];
            TensorBytes.Read(file, part.Offset, ElementType.Float32, stored, $"weight '{name}'");
            var target = destination.Slice(part.First * row, stored.Length);
            if (!part.Transposed)
            {
                stored.CopyTo(target);
                continue;
            }

            var (to, from) = (part.Rows[0], part.Rows[1]);
            for (var i = 0; i < to; i++)
            {
                for (var j = 0; j < from; j++)
                    target[i * from + j] = stored[j * to + i];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    void Add(TensorProto tensor)
    {
        var key = Key().Match(tensor.Name);
        var transposed = key.Groups["t"].Success;
        ImmutableArray<int> stored = [.. tensor.Dims.Select(size => (int)size)];
        var first = key.Groups["first"].Success ? int.Parse(key.Groups["first"].Value, CultureInfo.InvariantCulture) : 0;
        var part = new Part(first, transposed ? [stored[1], stored[0]] : stored, transposed, GraphFile.Place(tensor).Offset);
        var name = key.Groups["name"].Value;
        if (!parts.TryGetValue(name, out var known))
            parts[name] = known = [];
        if (known.All(other => other.First != first))
            known.Add(part);
    }

    /// <summary>What <c>StoredWeight.Key</c> writes.</summary>
    [GeneratedRegex(@"^(?<name>.*?)(\[(?<first>\d+):\d+\])?(?<t>\.T)?$")]
    private static partial Regex Key();

    /// <summary>Rows of a weight, in the checkpoint's orientation.</summary>
    sealed record Part(int First, ImmutableArray<int> Rows, bool Transposed, long Offset);
}
