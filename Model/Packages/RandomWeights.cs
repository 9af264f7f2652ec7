using System.IO.Hashing;
using System.Text;
using MplugCluster.Model.Checkpoints;

namespace MplugCluster.Model.Packages;

/// <summary>Made-up weights of sensible scale: layer norms near one, matrices of variance 1/fan-in, so that activations stay finite at any depth.</summary>
sealed class RandomWeights(IEnumerable<TensorInfo> tensors, int seed) : IWeights
{
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; } = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);

    public void Read(string name, Span<float> destination)
    {
        var random = new Random(unchecked((int)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name), seed)));
        var info = Tensors[name];
        var norm = info.Shape.Length == 1 && name.EndsWith(".weight", StringComparison.Ordinal);
        var fanIn = info.Shape.Length > 1 ? info.Count / info.Shape[0] : 1000;

        // Uniform numbers of the wanted variance: a hundred million of them take a second, normal ones ten.
        var reach = (float)Math.Sqrt(3.0 / fanIn);
        foreach (ref var value in destination)
            value = (norm ? 1 : 0) + reach * (2 * random.NextSingle() - 1);
    }

    /// <summary>A vocabulary of the given size with BERT's special tokens, letters, and numbered words.</summary>
    public static byte[] Vocabulary(int size)
    {
        string[] special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        var letters = Enumerable.Range('a', 26).SelectMany(letter => new[] { $"{(char)letter}", $"##{(char)letter}" });
        var words = special.Concat(letters).Concat(Enumerable.Range(0, size).Select(number => $"word{number}")).Take(size);
        return Encoding.UTF8.GetBytes(string.Join('\n', words) + "\n");
    }
}
