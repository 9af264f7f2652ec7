using System.Collections.Immutable;
using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Checkpoints;

/// <summary>A published mPLUG checkpoint under its canonical tensor names, with position embeddings fitted to its configuration.</summary>
public sealed class MplugCheckpoint : IWeights, IDisposable
{
    static readonly string[] PositionEmbeddings =
        ["visual_encoder.visual.positional_embedding", "visual_encoder_m.visual.positional_embedding"];

    readonly ICheckpointFile file;
    readonly Dictionary<string, string> names;

    MplugCheckpoint(CheckpointDirectory directory, ICheckpointFile file)
    {
        this.file = file;
        (Path, VocabularyPath) = (directory.Weights, directory.Vocabulary);
        names = CanonicalNames.Map(file.Tensors.Keys, Path);
        Layout = file.Tensors.Keys.Any(name => name.Contains("_encoder.bert.", StringComparison.Ordinal)
            || name.Contains("_encoder.fusion.", StringComparison.Ordinal)) ? CheckpointLayout.AliceMind : CheckpointLayout.ModelScope;
        var stored = names.ToDictionary(
            name => name.Key, name => file.Tensors[name.Value] with { Name = name.Key }, StringComparer.Ordinal);
        Config = MplugConfigReader.Read(directory.Directory, stored);
        foreach (var name in PositionEmbeddings)
        {
            if (stored.TryGetValue(name, out var info) && IsSquareGrid(info, out _))
                stored[name] = info with { Shape = [Config.ImageTokens, info.Shape[1]] };
        }

        Tensors = stored;
    }

    /// <summary>Sizes, from the configuration files and the weights.</summary>
    public MplugConfig Config { get; }

    /// <summary>The weight file.</summary>
    public string Path { get; }

    /// <summary>WordPiece vocabulary.</summary>
    public string VocabularyPath { get; }

    /// <summary>Which of the published layouts the names are in.</summary>
    public CheckpointLayout Layout { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Opens a checkpoint directory (config.yaml, the json it names, vocab.txt, weights) or a weight file in one.</summary>
    /// <exception cref="CheckpointException">A file is missing, damaged, or contradicts another.</exception>
    public static MplugCheckpoint Open(string path)
    {
        var directory = CheckpointDirectory.Find(path);
        var file = CheckpointFile.Open(directory.Weights);
        try
        {
            return new MplugCheckpoint(directory, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Compares what a model asks for with what is there.</summary>
    public ImportReport Check(IEnumerable<TensorInfo> asked) => ImportReport.Compare(asked, Tensors);

    /// <inheritdoc/>
    public void Read(string name, Span<float> destination)
    {
        if (!names.TryGetValue(name, out var stored))
            throw new CheckpointException($"'{Path}' has no tensor '{name}'.");
        var info = file.Tensors[stored];
        if (info.Count == destination.Length)
        {
            file.Read(stored, destination);
            return;
        }

        if (!PositionEmbeddings.Contains(name) || !IsSquareGrid(info, out var grid))
            throw new ArgumentException($"'{name}' has {info.Count} numbers, the destination {destination.Length}.", nameof(destination));
        var source = new float[info.Count];
        file.Read(stored, source);
        PositionEmbeddingResize.Bilinear(source, grid, destination, Config.Grid, info.Shape[1]);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    static bool IsSquareGrid(TensorInfo info, out int grid)
    {
        grid = info.Shape.Length == 2 ? (int)Math.Round(Math.Sqrt(info.Shape[0] - 1.0)) : 0;
        return grid > 0 && grid * grid + 1 == info.Shape[0];
    }
}
