using Google.Protobuf;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Packages;

/// <summary>Writes model packages.</summary>
public static class PackageBuilder
{
    /// <summary>Imports a published checkpoint.</summary>
    /// <param name="checkpoint">Checkpoint directory, or a weight file beside its configuration.</param>
    /// <param name="directory">The package to write; must not exist, or be empty.</param>
    /// <param name="convention">The package's default convention; null takes that of the checkpoint's layout (ModelScope: ms25, AliceMind: am30).</param>
    /// <param name="progress">Told the bytes of weights written, and how many there will be.</param>
    /// <param name="featurePrecision">How image tokens are kept; part of the fingerprint.</param>
    /// <param name="precision">Number format of the linear layers; part of the fingerprint.</param>
    /// <returns>What was used, ignored, missing and mismatched.</returns>
    /// <exception cref="CheckpointException">The checkpoint is damaged, or lacks a tensor, or has one of another shape.</exception>
    /// <exception cref="PackageException">The package cannot be written there.</exception>
    public static ImportReport Import(
        string checkpoint,
        string directory,
        TextConvention? convention = null,
        IProgress<(long Done, long Total)>? progress = null,
        FeaturePrecision featurePrecision = FeaturePrecision.Fp32,
        Precision precision = Precision.Fp32)
    {
        using var source = MplugCheckpoint.Open(checkpoint);
        var graphs = new PackageGraphs(source.Config, precision);
        var report = source.Check(graphs.Tensors);
        report.ThrowIfFailed();
        CheckVocabulary(source);
        var draft = new PackageDraft(
            source.Config, convention ?? Convention(source.Layout), source.Path, File.ReadAllBytes(source.VocabularyPath), precision, featurePrecision);
        Write(draft, graphs, source, directory, progress);
        return report;
    }

    /// <summary>Writes a package of random weights: for benchmarks and tests of speed and memory; its scores mean nothing.</summary>
    /// <param name="configuration">Directory with <c>config.yaml</c> and the BERT json; a missing <c>vocab.txt</c> is made up.</param>
    /// <param name="directory">The package to write; must not exist, or be empty.</param>
    /// <param name="seed">Same seed, same weights.</param>
    /// <param name="progress">Told the bytes of weights written, and how many there will be.</param>
    /// <param name="featurePrecision">How image tokens are kept; part of the fingerprint.</param>
    /// <param name="precision">Number format of the linear layers; part of the fingerprint.</param>
    public static void Random(
        string configuration,
        string directory,
        int seed = 1,
        IProgress<(long Done, long Total)>? progress = null,
        FeaturePrecision featurePrecision = FeaturePrecision.Fp32,
        Precision precision = Precision.Fp32)
    {
        var config = MplugConfigReader.ReadDirectory(configuration);
        var graphs = new PackageGraphs(config, precision);
        var vocabulary = Path.Combine(configuration, PackageLayout.Vocabulary);
        var draft = new PackageDraft(
            config,
            TextConvention.Ms25,
            $"random weights, seed {seed}",
            File.Exists(vocabulary) ? File.ReadAllBytes(vocabulary) : RandomWeights.Vocabulary(config.VocabularySize),
            precision,
            featurePrecision);
        Write(draft, graphs, new RandomWeights(graphs.Tensors, seed), directory, progress);
    }

    /// <summary>Writes a package of weights that are in memory.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="config">Sizes of the model.</param>
    /// <param name="convention">The package's default convention.</param>
    /// <param name="vocabulary">WordPiece vocabulary, a file.</param>
    /// <param name="source">Where the weights came from, for people.</param>
    /// <param name="directory">The package to write; must not exist, or be empty.</param>
    internal static void Write(
        IWeights weights, MplugConfig config, TextConvention convention, string vocabulary, string source, string directory)
    {
        var graphs = new PackageGraphs(config);
        ImportReport.Compare(graphs.Tensors, weights.Tensors).ThrowIfFailed();
        Write(new PackageDraft(config, convention, source, File.ReadAllBytes(vocabulary), Precision.Fp32, FeaturePrecision.Fp32), graphs, weights, directory, progress: null);
    }

    /// <summary>A piece without a row in the word embedding would fail every text that it stands in, much later.</summary>
    static void CheckVocabulary(MplugCheckpoint source)
    {
        try
        {
            var pieces = Text.Vocabulary.Load(source.VocabularyPath).Pieces.Count;
            if (pieces > source.Config.VocabularySize)
            {
                throw new CheckpointException(
                    $"'{source.VocabularyPath}' has {pieces} pieces, but the word embedding has only {source.Config.VocabularySize} rows (vocab_size).");
            }
        }
        catch (InvalidDataException e)
        {
            throw new CheckpointException(e.Message, e);
        }
    }

    static TextConvention Convention(CheckpointLayout layout) =>
        layout == CheckpointLayout.AliceMind ? TextConvention.Am30 : TextConvention.Ms25;

    /// <summary>Writes everything into a neighbour directory and renames it, so that a package is there whole or not at all.</summary>
    static void Write(PackageDraft draft, PackageGraphs graphs, IWeights source, string directory, IProgress<(long, long)>? progress)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new PackageException($"'{directory}' exists and is not empty; a package is written to a new directory.");
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(temporary);
            var total = graphs.Weights.Sum(weight => weight.Bytes);
            var (places, hash) = WeightFileWriter.Write(
                Path.Combine(temporary, PackageLayout.Weights), source, graphs.Weights, done => progress?.Report((done, total)));
            foreach (var (name, graph) in graphs.ByFile)
                File.WriteAllBytes(Path.Combine(temporary, name), graph.Build(weight => places[weight.Key].Clone()).ToByteArray());
            File.WriteAllBytes(Path.Combine(temporary, PackageLayout.Vocabulary), draft.Vocabulary);
            File.WriteAllText(Path.Combine(temporary, PackageLayout.Manifest), PackageJson.Serialize(Manifest(draft, temporary, hash)) + "\n");
            if (Directory.Exists(target))
                Directory.Delete(target);
            Directory.Move(temporary, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PackageException($"The package '{directory}' could not be written: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    static PackageManifest Manifest(PackageDraft draft, string directory, byte[] weightsHash) => new()
    {
        Format = PackageManifest.CurrentFormat,
        Numerics = PackageManifest.CurrentNumerics,
        Fingerprint = PackageFingerprint.Compute(draft.Config, weightsHash, draft.Vocabulary, draft.Precision, draft.FeaturePrecision),
        Precision = draft.Precision,
        FeaturePrecision = draft.FeaturePrecision,
        Convention = draft.Convention,
        Config = draft.Config,
        Source = Path.GetFileName(draft.Source),
        Files =
        [
            .. Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal)
                .Select(path => new PackageFile(Path.GetFileName(path), new FileInfo(path).Length, FileHash.Compute(path))),
        ],
    };

    /// <summary>What a package says of itself besides its weights.</summary>
    sealed record PackageDraft(MplugConfig Config, TextConvention Convention, string Source, byte[] Vocabulary, Precision Precision, FeaturePrecision FeaturePrecision);
}
