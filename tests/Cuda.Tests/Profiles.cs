using System.Text.Json;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Cuda.Tests;

/// <summary>What the profiles in a folder say of where nodes ran.</summary>
/// <param name="folder">The folder.</param>
sealed class Profiles(string folder)
{
    const string Cuda = "CUDAExecutionProvider";

    /// <summary>The profiles that there are.</summary>
    public string[] Files { get; } = Directory.GetFiles(folder, "mplug-*.json");

    /// <summary>Nodes that should have run on the GPU and did not, or that move tensors.</summary>
    public IReadOnlyList<string> Elsewhere => [.. Files.SelectMany(file =>
    {
        using var profile = File.OpenRead(file);
        return NodePlacement.Elsewhere(profile, Cuda);
    })];

    /// <summary>Operators of the nodes that ran there.</summary>
    public IReadOnlySet<string> OnCuda => Files.SelectMany(Nodes).Where(node => node.Provider == Cuda).Select(node => node.Operator).ToHashSet(StringComparer.Ordinal);

    static IEnumerable<(string Provider, string Operator)> Nodes(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return [.. document.RootElement.EnumerateArray()
            .Where(entry => entry.TryGetProperty("args", out var args) && args.TryGetProperty("provider", out _))
            .Select(entry => entry.GetProperty("args"))
            .Select(args => (args.GetProperty("provider").GetString()!, args.GetProperty("op_name").GetString()!))];
    }
}
