using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Tests.Checkpoints;

namespace MplugCluster.Model.Tests.Packages;

/// <summary>A golden checkpoint's directory, written anew with other names, formats or faults.</summary>
static class CheckpointCopy
{
    /// <summary>Copies the small files, and the weights changed as told.</summary>
    /// <param name="set">Golden set.</param>
    /// <param name="target">Directory to write.</param>
    /// <param name="weights">Name of the weight file; <c>.safetensors</c> writes that format.</param>
    /// <param name="rename">New name of a tensor; null drops it.</param>
    /// <param name="change">May change a tensor's numbers.</param>
    /// <param name="wrappers">Dictionaries around the state dict.</param>
    public static string Write(
        string set,
        string target,
        string weights = "pytorch_model.bin",
        Func<string, string?>? rename = null,
        Action<string, float[]>? change = null,
        params string[] wrappers)
    {
        Directory.CreateDirectory(target);
        foreach (var file in new[] { "config.yaml", "config_bert.json", "vocab.txt" })
            File.Copy(Path.Combine(Repository.Golden(set), file), Path.Combine(target, file));
        using var source = CheckpointFile.Open(Path.Combine(Repository.Golden(set), "pytorch_model.bin"));
        var tensors = source.Tensors.Values
            .Select(tensor => (Name: rename is null ? tensor.Name : rename(tensor.Name), Info: tensor))
            .Where(tensor => tensor.Name is not null)
            .Select(tensor =>
            {
                var values = PyTorchCheckpointTests.Read(source, tensor.Info.Name);
                change?.Invoke(tensor.Name!, values);
                return (Name: tensor.Name!, tensor.Info.Shape, Values: values);
            }).ToArray();
        var path = Path.Combine(target, weights);
        if (weights.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            WriteSafetensors(path, tensors.Select(tensor => (tensor.Name, tensor.Shape.ToArray(), tensor.Values)));
            return target;
        }

        using var writer = new PyTorchCheckpointWriter(path, wrappers);
        foreach (var (name, shape, values) in tensors)
            writer.Add(name, shape.AsSpan(), values);
        return target;
    }

    static void WriteSafetensors(string path, IEnumerable<(string Name, int[] Shape, float[] Values)> tensors)
    {
        var header = new Dictionary<string, object>();
        using var data = new MemoryStream();
        foreach (var (name, shape, values) in tensors)
        {
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { data.Length, data.Length + 4L * values.Length } };
            data.Write(MemoryMarshal.AsBytes<float>(values));
        }

        SafetensorsTests.Write(path, JsonSerializer.Serialize(header), data.ToArray());
    }
}
