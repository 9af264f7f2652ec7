using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MplugCluster.Benchmarks.Table;

/// <summary>What preprocessing costs with Pillow and torchvision, where the machine's Python has them.</summary>
static class PillowPeer
{
    /// <summary>One thread; of each file's bytes in memory: processor milliseconds of the thread, median of 15 runs after one.</summary>
    const string Script = """
        import io, statistics, sys, time
        try:
            import torch
            from PIL import Image
            from torchvision import transforms
        except ImportError:
            sys.exit(3)
        torch.set_num_threads(1)
        side = int(sys.argv[1])
        prepare = transforms.Compose([
            transforms.Resize((side, side), interpolation=Image.BICUBIC if not hasattr(transforms, 'InterpolationMode') else transforms.InterpolationMode.BICUBIC),
            transforms.ToTensor(),
            transforms.Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
        ])
        for path in sys.argv[2:]:
            file = open(path, 'rb').read()
            times = []
            for _ in range(16):
                start = time.thread_time()
                prepare(Image.open(io.BytesIO(file)).convert('RGB'))
                times.append(time.thread_time() - start)
            print(1000 * statistics.median(times[1:]))
        """;

    /// <summary>Milliseconds of each file; null where Python, Pillow, torch or torchvision is not installed.</summary>
    public static double[]? Measure(int side, IEnumerable<byte[]> files)
    {
        var folder = Directory.CreateTempSubdirectory("mplug-peer-");
        try
        {
            string[] paths = [.. files.Select((_, i) => Path.Combine(folder.FullName, $"{i}"))];
            foreach (var (path, file) in paths.Zip(files))
                File.WriteAllBytes(path, file);
            using var python = Process.Start(new ProcessStartInfo("python3", ["-c", Script, $"{side}", .. paths])
            {
                RedirectStandardOutput = true,
                Environment = { ["OMP_NUM_THREADS"] = "1" },
            })!;
            var lines = python.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            python.WaitForExit();
            return python.ExitCode == 0 ? [.. lines.Select(line => double.Parse(line, CultureInfo.InvariantCulture))] : null;
        }
        catch (Win32Exception)
        {
            // No Python at all.
            return null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
