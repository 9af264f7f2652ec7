using MplugCluster.Model.Architecture;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Packages;

/// <summary>Content of <c>package.json</c>.</summary>
public sealed record PackageManifest
{
    /// <summary>Version of the package layout that this build reads and writes.</summary>
    public const int CurrentFormat = 2;

    /// <summary>
    /// Raised only when the numbers that come out or are kept may change, never for speed. 2: text features are prepared for the fusion encoder;
    /// those of 1 are not, and the two must never meet. Sums in another order, which differ in their last bits as those of two kinds of processors do,
    /// raise nothing.
    /// </summary>
    public const int CurrentNumerics = 2;

    /// <summary>Layout version of the package.</summary>
    public required int Format { get; init; }

    /// <summary>Identity of the numbers: see <see cref="PackageFingerprint"/>.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Numerics version the package was written with.</summary>
    public required int Numerics { get; init; }

    /// <summary>Number format of the weights.</summary>
    public required Precision Precision { get; init; }

    /// <summary>Number format of image tokens wherever they are kept. Default: fp32, also of a manifest that says nothing.</summary>
    public FeaturePrecision FeaturePrecision { get; init; }

    /// <summary>How captions and pictures are prepared when nobody says otherwise.</summary>
    public required TextConvention Convention { get; init; }

    /// <summary>Sizes of the model.</summary>
    public required MplugConfig Config { get; init; }

    /// <summary>Where the weights came from, for people.</summary>
    public required string Source { get; init; }

    /// <summary>Every other file of the package.</summary>
    public required IReadOnlyList<PackageFile> Files { get; init; }
}
