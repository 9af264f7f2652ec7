using System.Globalization;
using System.Text;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>
/// A folder of as many pictures as wanted: the samples over and over, each copy with some bytes behind its end, so that its content is its own
/// and its pixels are not. Copies tie in every score, and only their ids order them.
/// </summary>
sealed class ManyPictures : IDisposable
{
    readonly TemporaryFolder folder = new();

    public ManyPictures(int count)
    {
        var samples = Directory.GetFiles(Repository.Pictures).Order(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < count; i++)
        {
            var sample = samples[i % samples.Length];
            var name = string.Create(CultureInfo.InvariantCulture, $"{i:00000}{System.IO.Path.GetExtension(sample)}");
            System.IO.File.WriteAllBytes(folder.File(name), [.. System.IO.File.ReadAllBytes(sample), .. Encoding.ASCII.GetBytes($"copy {i}")]);
        }
    }

    public string Path => folder.Path;

    /// <summary>As a source of an ingest.</summary>
    public string Address => $"folder:{folder.Path}";

    public string File(string name) => folder.File(name);

    public void Dispose() => folder.Dispose();
}
