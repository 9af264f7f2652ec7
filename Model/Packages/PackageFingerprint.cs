using System.Security.Cryptography;
using System.Text;
using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Packages;

/// <summary>
/// What makes the numbers of a package its own: weights, vocabulary, sizes, preprocessing, precisions and numerics version.
/// Not the graph files: a faster graph with the same numbers keeps every cache valid.
/// </summary>
static class PackageFingerprint
{
    public static string Compute(MplugConfig config, byte[] weightsHash, byte[] vocabulary, Precision precision, FeaturePrecision featurePrecision)
    {
        var text = string.Join(
            '\n',
            $"numerics {PackageManifest.CurrentNumerics}",
            $"precision {precision} features {featurePrecision}",
            $"preprocessing pillow-bicubic {config.ImageResolution} clip-mean-std",
            $"config {PackageJson.Serialize(config with { Candidates = 0 })}",
            $"vocabulary {Convert.ToHexStringLower(SHA256.HashData(vocabulary))}",
            $"weights {Convert.ToHexStringLower(weightsHash)}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
    }
}
