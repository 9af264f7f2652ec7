using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Evaluation;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Saving;

/// <summary>
/// Everything that going on takes, in one safetensors file. All numbers in it are float32: counters and identities stay exact up to 16 million.
/// </summary>
static class ResumeFile
{
    const string ProgressName = "progress";
    const string SettingsName = "settings";
    const string MetricsName = "best_metrics";

    /// <summary>Writes the state of a run.</summary>
    /// <exception cref="IOException">It cannot be written; one from before is still there.</exception>
    public static void Write(string path, TrainingState state, RunProgress progress, string settings)
    {
        var source = new Tensors();
        foreach (var (name, numbers) in Vectors(state))
            source.Add(name, numbers.Count, numbers.Read);
        source.Add(StepNames.IdentityQueue, [.. state.IdentityQueue.ToArray().Select(identity => (float)identity)]);
        source.Add(ProgressName, [progress.Epoch, progress.Step, state.Steps, state.QueueRow, progress.Best, progress.BestEpoch]);
        if (progress.BestMetrics is { } metrics)
            source.Add(MetricsName, Bytes(metrics));
        source.Add(SettingsName, Digest(settings));
        SafetensorsWriter.Write(path, source, source.Names);
    }

    /// <summary>Takes the state of an earlier run.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or of a run with other settings.</exception>
    public static RunProgress Read(string path, TrainingState state, string settings)
    {
        using var file = CheckpointFile.Open(path);
        if (!Values(SettingsName, Digest(settings).Length).SequenceEqual(Digest(settings)))
        {
            throw new CheckpointException(
                $"'{path}' is of a run with other settings, model, data or kind of device: going on would not be the same run. Use the same command, or another work directory.");
        }

        foreach (var (name, numbers) in Vectors(state))
            numbers.Write(Values(name, numbers.Count));
        state.IdentityQueue.Write([.. Values(StepNames.IdentityQueue, state.IdentityQueue.Count).Select(identity => (long)identity)]);
        var progress = Values(ProgressName, 6);
        (state.Steps, state.QueueRow) = ((int)progress[2], (int)progress[3]);
        var metrics = file.Tensors.ContainsKey(MetricsName) ? Metrics(Values(MetricsName, 6 * sizeof(double))) : null;
        return new RunProgress((int)progress[0], (int)progress[1], progress[4], (int)progress[5], metrics);

        float[] Values(string name, int count)
        {
            if (!file.Tensors.TryGetValue(name, out var info) || info.Count != count)
                throw new CheckpointException($"'{path}' is no state of this run: '{name}' is missing or of another size.");
            var values = new float[count];
            file.Read(name, values);
            return values;
        }
    }

    static (string Name, StateNumbers<float> Numbers)[] Vectors(TrainingState state) =>
    [
        ("weights", state.AllWeights),
        ("copies", state.AllCopies),
        ("first_moments", state.AllFirst),
        ("second_moments", state.AllSecond),
        (StepNames.ImageQueue, state.ImageQueue),
        (StepNames.TextQueue, state.TextQueue),
    ];

    /// <summary>The settings' hash, a byte a number: floats keep that exactly.</summary>
    static float[] Digest(string settings) => [.. SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(settings)).Select(value => (float)value)];

    /// <summary>Metrics, a byte a number: they are doubles, and shown as they were.</summary>
    static float[] Bytes(RecallMetrics of)
    {
        double[] values = [of.TextRecall1, of.TextRecall5, of.TextRecall10, of.ImageRecall1, of.ImageRecall5, of.ImageRecall10];
        return [.. MemoryMarshal.AsBytes<double>(values).ToArray().Select(value => (float)value)];
    }

    static RecallMetrics Metrics(float[] bytes)
    {
        var values = MemoryMarshal.Cast<byte, double>(bytes.Select(value => (byte)value).ToArray());
        return new()
        {
            TextRecall1 = values[0],
            TextRecall5 = values[1],
            TextRecall10 = values[2],
            ImageRecall1 = values[3],
            ImageRecall5 = values[4],
            ImageRecall10 = values[5],
        };
    }

    /// <summary>Vectors by name, read only when they are written.</summary>
    sealed class Tensors : IWeights
    {
        readonly Dictionary<string, Action<Span<float>>> values = new(StringComparer.Ordinal);
        readonly Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);

        public IEnumerable<string> Names => values.Keys;

        IReadOnlyDictionary<string, TensorInfo> IWeights.Tensors => tensors;

        public void Add(string name, float[] numbers) => Add(name, numbers.Length, to => numbers.CopyTo(to));

        public void Add(string name, int count, Action<Span<float>> read)
        {
            values[name] = read;
            tensors[name] = new TensorInfo(name, ElementType.Float32, [count]);
        }

        public void Read(string name, Span<float> destination) => values[name](destination);
    }
}
