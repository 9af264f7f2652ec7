using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace MplugCluster.Model.Onnx;

/// <summary>
/// Where the runtime put the nodes of a graph, read from the profile of a run. Sizes are computed on the processor on purpose, from shapes that are
/// known there: a GPU would have to wait for them. <c>session.disable_cpu_ep_fallback</c> forbids these too, so it cannot be what keeps the rest off
/// the processor.
/// </summary>
static class NodePlacement
{
    const int Named = 5;

    /// <summary>Ends the profile that a session was opened with and says what ran elsewhere than on a provider; null: nothing did that should not have.</summary>
    /// <param name="session">The session; it has run.</param>
    /// <param name="graph">Its name, for the message.</param>
    /// <param name="provider">The provider that is to compute everything but sizes.</param>
    public static string? Complaint(InferenceSession session, string graph, string provider) => Complaint(session.EndProfiling(), graph, provider);

    /// <summary>The same of a profile that is written; its file is deleted.</summary>
    internal static string? Complaint(string file, string graph, string provider)
    {
        if (!File.Exists(file))
            return $"Where the nodes of the {graph} run cannot be checked: the runtime wrote no profile to '{Path.GetTempPath()}'.";
        try
        {
            using var profile = File.OpenRead(file);
            var elsewhere = Elsewhere(profile, provider);
            return elsewhere.Count == 0
                ? null
                : $"{elsewhere.Count} nodes of the {graph} do not run on {provider} or move tensors from and to it, which makes it slower: "
                    + $"{string.Join(", ", elsewhere.Take(Named))}{(elsewhere.Count > Named ? ", ..." : "")}.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return $"Where the nodes of the {graph} run cannot be checked: {e.Message}";
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Nodes that compute more than sizes and did not run on a provider, and those that move tensors between the two memories.</summary>
    /// <param name="profile">The runtime's profile.</param>
    /// <param name="provider">The provider.</param>
    internal static IReadOnlyList<string> Elsewhere(Stream profile, string provider)
    {
        using var document = JsonDocument.Parse(profile);
        var elsewhere = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            if (!entry.TryGetProperty("args", out var args) || !args.TryGetProperty("provider", out var where) || !args.TryGetProperty("op_name", out var op))
                continue;
            var name = op.GetString()!;
            if (name.StartsWith("Memcpy", StringComparison.Ordinal) || (where.GetString() != provider && Computes(args)))
                elsewhere.Add($"{name} ({entry.GetProperty("name").GetString()!.Replace("_kernel_time", "", StringComparison.Ordinal)})");
        }

        return [.. elsewhere];
    }

    /// <summary>Whether a node gave numbers that are not whole: sizes are.</summary>
    static bool Computes(JsonElement args) =>
        args.TryGetProperty("output_type_shape", out var outputs)
        && outputs.EnumerateArray().Any(output => output.EnumerateObject().Any(type => !type.Name.StartsWith("int", StringComparison.Ordinal)));
}
