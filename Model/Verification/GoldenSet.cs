using System.Text.Json;
using MplugCluster.Model.Numpy;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Verification;

/// <summary>A folder of reference numbers: pictures, captions, and what the original model makes of them.</summary>
sealed class GoldenSet
{
    readonly string directory;
    readonly double slack;
    readonly Dictionary<string, JsonElement> arrays;

    /// <summary>Opens a set.</summary>
    /// <param name="directory">Where it lies.</param>
    /// <param name="slack">How many times the set's own tolerances are allowed for what a model computes.</param>
    public GoldenSet(string directory, double slack = 1)
    {
        (this.directory, this.slack) = (directory, slack);
        var manifest = Path.Combine(directory, "expected", "expected.json");
        if (!File.Exists(manifest))
            throw new FileNotFoundException($"'{directory}' is not a golden set: it has no expected/expected.json.", manifest);
        var root = JsonDocument.Parse(File.ReadAllBytes(manifest)).RootElement;
        arrays = root.GetProperty("arrays").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);
        Pictures = [.. root.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("file").GetString()!)];
        Captions = JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(Path.Combine(directory, "texts.json")))!;
        Pairs = root.TryGetProperty("end_to_end", out var pairs)
            ? [.. pairs.EnumerateArray().Select(pair => (
                Array.IndexOf(Pictures, pair.GetProperty("image").GetString()),
                pair.GetProperty("text_index").GetInt32(),
                pair.GetProperty("scores")[1].GetSingle()))]
            : [];
    }

    /// <summary>Picture files, in the order of every array's image axis.</summary>
    public string[] Pictures { get; }

    /// <summary>Captions, in the order of every array's text axis.</summary>
    public string[] Captions { get; }

    /// <summary>Match probabilities of whole pipeline runs: picture, caption, probability.</summary>
    public (int Picture, int Caption, float Probability)[] Pairs { get; }

    /// <summary>Names of all arrays.</summary>
    public IEnumerable<string> Arrays => arrays.Keys;

    public byte[] PictureFile(int picture) => File.ReadAllBytes(Path.Combine(directory, "images", Pictures[picture]));

    public NpyArray<float> Floats(string name) => NpyFile.Read<float>(PathOf(name));

    public NpyArray<byte> Bytes(string name) => NpyFile.Read<byte>(PathOf(name));

    /// <summary>Token ids of every caption without padding.</summary>
    public int[][] TokenIds(TextConvention convention)
    {
        var name = convention.ToString().ToLowerInvariant();
        var ids = NpyFile.Read<long>(PathOf($"ids_{name}"));
        var mask = NpyFile.Read<long>(PathOf($"mask_{name}"));
        var width = ids.Shape[1];
        return [.. Enumerable.Range(0, ids.Shape[0]).Select(row => Enumerable.Range(row * width, width)
            .Where(at => mask.Data[at] == 1).Select(at => (int)ids.Data[at]).ToArray())];
    }

    /// <summary>Tolerance for an array that the model computes.</summary>
    public double Tolerance(string name) => slack * OwnTolerance(name);

    /// <summary>Tolerance that the set itself gives for an array; 0 where it must be exact.</summary>
    public double OwnTolerance(string name) => arrays[name].TryGetProperty("tol_abs", out var tolerance) ? tolerance.GetDouble() : 0;

    string PathOf(string name) => Path.Combine(directory, "expected", arrays[name].GetProperty("file").GetString()!);
}
