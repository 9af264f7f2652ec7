using System.Text.Json;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Packages;

/// <summary>A model package on disk: graphs, weights, vocabulary and manifest, checked when it is opened.</summary>
public sealed class ModelPackage
{
    ModelPackage(string directory, PackageManifest manifest) => (Directory, Manifest) = (directory, manifest);

    /// <summary>Where it lies.</summary>
    public string Directory { get; }

    /// <summary>What it says of itself.</summary>
    public PackageManifest Manifest { get; }

    /// <summary>Sizes of the model.</summary>
    public MplugConfig Config => Manifest.Config;

    /// <summary>Identity of its numbers.</summary>
    public string Fingerprint => Manifest.Fingerprint;

    /// <summary>How captions and pictures are prepared when nobody says otherwise.</summary>
    public TextConvention Convention => Manifest.Convention;

    /// <summary>Bytes of one picture's tokens as caches keep them.</summary>
    public long TokenBytes => Manifest.FeaturePrecision.NumberBytes() * (long)Config.ImageTokens * Config.HiddenSize;

    /// <summary>WordPiece vocabulary, one piece a line.</summary>
    public string VocabularyPath => PathOf(PackageLayout.Vocabulary);

    internal string WeightsPath => PathOf(PackageLayout.Weights);

    internal string ImageEncoderPath => PathOf(PackageLayout.ImageEncoder);

    internal string TextEncoderPath => PathOf(PackageLayout.TextEncoder);

    internal string PairScorerPath => PathOf(PackageLayout.PairScorer);

    /// <summary>The pair scorer for few texts per picture; null where the package has none.</summary>
    internal string? AbsorbedPairScorerPath => Manifest.Precision.HasTwoForms() ? PathOf(PackageLayout.AbsorbedPairScorer) : null;

    /// <summary>What whoever runs the package on a device should know; null: nothing.</summary>
    public string? RemarkOn(DeviceName device) => Manifest.Precision == Precision.Fp16 && device.CudaIndex is null
        ? $"'{Directory}' is an fp16 package, which is for GPUs. On the processor an fp32 package of the same model searches about three times as fast in less "
            + "memory, and an int8 package does everything more than twice as fast."
        : null;

    /// <summary>Whether a directory looks like a package (it may still be damaged).</summary>
    public static bool IsPackage(string directory) => File.Exists(Path.Combine(directory, PackageLayout.Manifest));

    /// <summary>Opens a package.</summary>
    /// <param name="directory">The package.</param>
    /// <param name="checkContent">Whether every file is read and compared with its hash (about half a second per GB); lengths are always compared.</param>
    /// <exception cref="PackageException">It is no package, of another format, or a file is missing, changed or damaged.</exception>
    public static ModelPackage Open(string directory, bool checkContent = true)
    {
        var path = Path.Combine(directory, PackageLayout.Manifest);
        if (!File.Exists(path))
            throw new PackageException($"'{directory}' is not a model package: it has no {PackageLayout.Manifest}.");
        var package = new ModelPackage(Path.GetFullPath(directory), ReadManifest(path));
        foreach (var file in package.Manifest.Files)
            package.Check(file, checkContent);
        return package;
    }

    static PackageManifest ReadManifest(string path)
    {
        try
        {
            var json = File.ReadAllText(path);
            using (var document = JsonDocument.Parse(json))
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object)
                    CheckVersion(path, document.RootElement);
            }

            var manifest = PackageJson.Deserialize<PackageManifest>(json) ?? throw new PackageException($"'{path}' is empty.");
            if (manifest.Numerics != PackageManifest.CurrentNumerics)
            {
                throw new PackageException(
                    $"'{path}' was made for numerics {manifest.Numerics}; this build computes numerics {PackageManifest.CurrentNumerics}. Import the checkpoint again.");
            }

            if (manifest.Files.Any(file => file?.Name is null || file.Name.Contains('\0') || Path.GetFileName(file.Name) != file.Name))
                throw new PackageException($"'{path}' names a file that is not a plain file name.");
            var unlisted = PackageLayout.Files(manifest.Precision).Except(manifest.Files.Select(file => file.Name)).ToList();
            return unlisted.Count == 0 ? manifest : throw new PackageException($"'{path}' does not list {string.Join(", ", unlisted)}.");
        }
        catch (JsonException e)
        {
            throw new PackageException($"'{path}' is damaged: {e.Message}", e);
        }
    }

    /// <summary>Asked first: another layout's or a later build's manifest would only fail on some member of it.</summary>
    static void CheckVersion(string path, JsonElement manifest)
    {
        if (manifest.TryGetProperty("format", out var format)
            && (format.ValueKind != JsonValueKind.Number || format.GetDouble() != PackageManifest.CurrentFormat))
        {
            throw new PackageException(
                $"'{path}' has format {format}; this build reads format {PackageManifest.CurrentFormat}. Import the checkpoint again.");
        }

        if (manifest.TryGetProperty("precision", out var weights)
            && (weights.ValueKind != JsonValueKind.String || !Precisions.TryParse(weights.GetString(), out _)))
        {
            throw new PackageException(
                $"'{path}' has the precision {weights.GetRawText()}; this build knows {Precisions.Names}. Import the checkpoint again.");
        }

        if (manifest.TryGetProperty("feature_precision", out var precision)
            && (precision.ValueKind != JsonValueKind.String || !FeaturePrecisions.TryParse(precision.GetString(), out _)))
        {
            throw new PackageException(
                $"'{path}' has the feature_precision {precision.GetRawText()}; this build knows {FeaturePrecisions.Names}. Import the checkpoint again.");
        }
    }

    void Check(PackageFile file, bool content)
    {
        var info = new FileInfo(PathOf(file.Name));
        if (!info.Exists)
            throw new PackageException($"The package '{Directory}' lacks {file.Name}.");
        if (info.Length != file.Bytes)
            throw new PackageException($"{info.FullName} has {info.Length:N0} bytes, but {file.Bytes:N0} were written: it was cut or changed.");
        if (content && FileHash.Compute(info.FullName) is var found && found != file.XxHash128)
            throw new PackageException($"{info.FullName} has XXH128 {found}, but {file.XxHash128} was written: it was changed or is damaged.");
    }

    string PathOf(string file) => Path.Combine(Directory, file);
}
