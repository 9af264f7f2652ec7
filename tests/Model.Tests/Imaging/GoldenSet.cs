using System.Text;
using System.Text.Json;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>The pictures of one reference set and what the reference makes of them.</summary>
sealed class GoldenSet
{
    public static string[] Names => Repository.GoldenSets;

    readonly string folder;
    readonly JsonElement expected;

    public GoldenSet(string name)
    {
        folder = Repository.Golden(name);
        expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected", "expected.json"))).RootElement;
        Pictures = [.. expected.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("file").GetString()!)];
        Resolution = expected.GetProperty("arrays").GetProperty("pixels").GetProperty("shape")[3].GetInt32();
    }

    public string[] Pictures { get; }

    public int Resolution { get; }

    public byte[] Read(string picture) => File.ReadAllBytes(Path.Combine(folder, "images", picture));

    public JsonElement Picture(int index) => expected.GetProperty("images")[index];

    /// <summary>The file of a decoded picture (PNG), where the set has one.</summary>
    public byte[]? Decoded(int index) => Picture(index).TryGetProperty("decoded_png", out var path)
        ? File.ReadAllBytes(Path.Combine(folder, "expected", path.GetString()!))
        : null;

    /// <summary>The payload of a .npy file: little endian and C order, as all of the sets' files are.</summary>
    public byte[] Array(string name)
    {
        var file = File.ReadAllBytes(Path.Combine(folder, "expected", name + ".npy"));
        string header = Encoding.ASCII.GetString(file, 10, BitConverter.ToUInt16(file, 8));
        Assert.Contains("'fortran_order': False", header);
        return file[(10 + header.Length)..];
    }
}
