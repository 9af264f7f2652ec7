using MplugCluster.Model.Checkpoints;
using MplugCluster.Training.Running;

namespace MplugCluster.Training.Saving;

/// <summary>Writes checkpoint directories that this project and the original load: weights in both formats, configuration and vocabulary.</summary>
sealed class CheckpointFolder(TrainedModel model, int queue)
{
    /// <summary>The original's weight file.</summary>
    public const string PyTorchFile = "pytorch_model.bin";

    /// <summary>The same tensors for everyone else.</summary>
    public const string SafetensorsFile = "model.safetensors";

    /// <summary>Writes a directory beside its place first; one that is there is replaced whole, and deleted only when the new one is in its place.</summary>
    /// <param name="weights">The tensors.</param>
    /// <param name="directory">Where.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(IWeights weights, string directory)
    {
        var temporary = $"{directory}.tmp";
        if (Directory.Exists(temporary))
            Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        var names = weights.Tensors.Keys.Order(StringComparer.Ordinal).ToList();
        using (var file = new PyTorchCheckpointWriter(Path.Combine(temporary, PyTorchFile), "model"))
        {
            foreach (var name in names)
            {
                var info = weights.Tensors[name];
                var values = new float[info.Count];
                weights.Read(name, values);
                file.Add(name, info.Shape.AsSpan(), values);
            }
        }

        SafetensorsWriter.Write(Path.Combine(temporary, SafetensorsFile), weights, names);
        model.WriteConfiguration(temporary, queue);
        TakeBack(directory);
        if (Directory.Exists(directory))
            Directory.Move(directory, Old(directory));
        Directory.Move(temporary, directory);
        DeleteOld(directory);
    }

    /// <summary>Puts right what a process that ended between two moves of <see cref="Write"/> left.</summary>
    /// <param name="directory">The directory that was written.</param>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public static void TakeBack(string directory)
    {
        if (Directory.Exists(directory))
            DeleteOld(directory);
        else if (Directory.Exists(Old(directory)))
            Directory.Move(Old(directory), directory);
    }

    static string Old(string directory) => $"{directory}.old";

    static void DeleteOld(string directory)
    {
        if (Directory.Exists(Old(directory)))
            Directory.Delete(Old(directory), recursive: true);
    }
}
