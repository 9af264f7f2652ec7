using MplugCluster.Model.Architecture;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Training.Running;

/// <summary>The model that training begins with: a package, or a checkpoint directory.</summary>
public sealed class TrainedModel : IDisposable
{
    readonly string? checkpoint;

    TrainedModel(MplugConfig config, TextConvention convention, string vocabulary, IWeights weights, string? checkpoint) =>
        (Config, Convention, VocabularyPath, Weights, this.checkpoint) = (config, convention, vocabulary, weights, checkpoint);

    /// <summary>Sizes.</summary>
    public MplugConfig Config { get; }

    /// <summary>How captions and pictures are prepared when nobody says otherwise.</summary>
    public TextConvention Convention { get; }

    /// <summary>WordPiece vocabulary.</summary>
    public string VocabularyPath { get; }

    /// <summary>What training begins with.</summary>
    public IWeights Weights { get; }

    /// <summary>Opens a model.</summary>
    /// <param name="path">A package, or a checkpoint directory, or a weight file in one.</param>
    /// <exception cref="CheckpointException">It is no checkpoint, or a damaged one.</exception>
    /// <exception cref="PackageException">The package is damaged.</exception>
    public static TrainedModel Open(string path)
    {
        if (ModelPackage.IsPackage(path))
        {
            var package = ModelPackage.Open(path);
            return new(package.Config, package.Convention, package.VocabularyPath, new PackageWeightSource(package), checkpoint: null);
        }

        var source = MplugCheckpoint.Open(path);
        var convention = source.Layout == CheckpointLayout.AliceMind ? TextConvention.Am30 : TextConvention.Ms25;
        return new(source.Config, convention, source.VocabularyPath, source, Path.GetDirectoryName(Path.GetFullPath(source.Path)));
    }

    /// <inheritdoc/>
    public void Dispose() => (Weights as IDisposable)?.Dispose();

    /// <summary>Writes what a checkpoint directory holds beside its weights: the original's own files where there are some.</summary>
    internal void WriteConfiguration(string directory, int queue)
    {
        ConfigWriter.Write(Config, queue, directory);
        if (checkpoint is not null)
        {
            foreach (var file in Directory.EnumerateFiles(checkpoint).Where(file => Path.GetExtension(file) is ".yaml" or ".json"))
                File.Copy(file, Path.Combine(directory, Path.GetFileName(file)), overwrite: true);
        }

        File.Copy(VocabularyPath, Path.Combine(directory, "vocab.txt"), overwrite: true);
    }
}
