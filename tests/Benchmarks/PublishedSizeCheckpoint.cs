using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Packages;

namespace MplugCluster.Benchmarks;

/// <summary>
/// A checkpoint as large as the published one: the model's tensors, momentum copies, queues, and the towers that retrieval does not use, up to
/// 1,743 tensors; random numbers.
/// </summary>
static class PublishedSizeCheckpoint
{
    const int Tensors = 1743;
    const int QueueSize = 65_536;
    const long Bytes = 5_000_000_000;

    public static int Write(string directory)
    {
        var configs = Path.Combine(AppContext.BaseDirectory, "configs", "large");
        Directory.CreateDirectory(directory);
        foreach (var file in Directory.GetFiles(configs))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)), overwrite: true);
        var config = MplugConfigReader.ReadDirectory(configs);
        File.WriteAllBytes(Path.Combine(directory, "vocab.txt"), RandomWeights.Vocabulary(config.VocabularySize));
        var graphs = new PackageGraphs(config);
        var weights = new RandomWeights(graphs.Tensors, seed: 1);
        using var writer = new PyTorchCheckpointWriter(Path.Combine(directory, "pytorch_model.bin"));
        var (written, bytes) = (0, 0L);
        foreach (var tensor in weights.Tensors.Values)
        {
            var values = new float[tensor.Count];
            weights.Read(tensor.Name, values);
            Add(tensor.Name, [.. tensor.Shape], values);
            Add(Momentum(tensor.Name), [.. tensor.Shape], values);
        }

        var queue = new float[config.EmbeddingSize * QueueSize];
        Add("image_queue", [config.EmbeddingSize, QueueSize], queue);
        Add("text_queue", [config.EmbeddingSize, QueueSize], queue);
        Add("idx_queue", [1, QueueSize], new float[QueueSize]);
        Add("queue_ptr", [1], [0]);
        Add("temp", [], [0.07f]);
        var rest = Tensors - written;
        var filler = new float[Math.Max(1, (Bytes - bytes) / sizeof(float) / rest)];
        for (var i = 0; i < rest; i++)
            Add($"text_decoder.unused.{i}", [filler.Length], filler);
        Console.WriteLine($"{written} tensors, {bytes / 1e9:0.00} GB");
        return 0;

        void Add(string name, int[] shape, float[] values)
        {
            writer.Add(name, shape, values);
            written++;
            bytes += sizeof(float) * (long)values.Length;
        }
    }

    static string Momentum(string name)
    {
        var dot = name.IndexOf('.');
        return dot < 0 ? $"{name}_m" : $"{name[..dot]}_m{name[dot..]}";
    }
}
