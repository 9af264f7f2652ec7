using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MplugCluster.Model.Architecture;

namespace MplugCluster.Benchmarks.Gpu;

/// <summary>What PyTorch needs on the same device for a model of the same sizes, where the machine's Python has it.</summary>
static class TorchPeer
{
    /// <summary>Milliseconds of a unit, by what was done; empty where Python or PyTorch, or its CUDA for a GPU, is not installed.</summary>
    public static IReadOnlyList<(string Name, double Milliseconds)> Measure(MplugConfig config, string device, int[] pictures, int pairs, int rounds)
    {
        var sizes = JsonSerializer.Serialize(new
        {
            side = config.ImageResolution,
            patch = config.PatchSize,
            vision_width = config.VisionWidth,
            vision_layers = config.VisionLayers,
            vision_heads = config.VisionHeads,
            image_tokens = config.ImageTokens,
            hidden = config.HiddenSize,
            heads = config.AttentionHeads,
            inner = config.IntermediateSize,
            fusion_layers = config.FusionLayers,
            pictures,
            pairs,
            rounds,
        });
        try
        {
            using var python = Process.Start(new ProcessStartInfo("python3", [Path.Combine(AppContext.BaseDirectory, "Gpu", "torch_peer.py"), device.Split(':')[0], sizes])
            {
                RedirectStandardOutput = true,
            })!;
            var lines = python.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            python.WaitForExit();
            return python.ExitCode is 0 or 3
                ? [.. lines.Select(line => line.Split('\t')).Select(part => (part[0], double.Parse(part[1], CultureInfo.InvariantCulture)))]
                : throw new InvalidOperationException($"torch_peer.py ended with code {python.ExitCode}.");
        }
        catch (Win32Exception)
        {
            // No Python at all.
            return [];
        }
    }
}
