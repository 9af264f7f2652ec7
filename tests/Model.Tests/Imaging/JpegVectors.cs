using System.Text.Json;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>The files of jpeg_vectors.json.</summary>
static class JpegVectors
{
    /// <summary>Small JPEGs of many kinds, and a CRC-32 of the RGB bytes that Pillow decodes from each.</summary>
    public static (string Name, byte[] File, uint Crc)[] All { get; } = Load();

    static (string Name, byte[] File, uint Crc)[] Load()
    {
        string path = Repository.Path("tests", "Model.Tests", "Imaging", "jpeg_vectors.json");
        var cases = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("cases");
        return [.. cases.EnumerateArray().Select(row => (row[0].GetString()!, row[1].GetBytesFromBase64(), row[2].GetUInt32()))];
    }
}
