using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Onnx;

/// <summary>
/// Weights that several graphs of a package multiply by, rearranged for the processor's kernels once for all of them: sessions that know nothing of each
/// other keep a copy each. It has to outlive them.
/// </summary>
sealed unsafe partial class SharedWeights : IDisposable
{
    /// <summary>The system's number for memory whose content may be dropped, because the file has it.</summary>
    const int DontNeed = 4;

    readonly PrePackedWeightsContainer rearranged = new();
    readonly Dictionary<string, OrtValue> weights = new(StringComparer.Ordinal);
    readonly MemoryMappedFile file;
    readonly MemoryMappedViewAccessor view;
    readonly byte* start;

    /// <summary>Finds what graphs have in common.</summary>
    /// <param name="path">The file in which their weights lie.</param>
    /// <param name="graphs">The graphs' files.</param>
    /// <exception cref="PackageException">They do not belong together.</exception>
    public SharedWeights(string path, params ReadOnlySpan<string> graphs)
    {
        var common = Factors(graphs[0]);
        foreach (var graph in graphs[1..])
            common = common.IntersectBy(Factors(graph).Keys, entry => entry.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            var storage = new FileInfo(path);
            foreach (var (name, weight) in common)
                weights.Add(name, Value(weight, storage));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What they have in common.</summary>
    public IReadOnlyCollection<string> Names => weights.Keys;

    /// <summary>Opens one of the graphs.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="options">How.</param>
    public InferenceSession Open(string path, SessionOptions options)
    {
        foreach (var (name, value) in weights)
            options.AddInitializer(name, value);
        return new InferenceSession(path, options, rearranged);
    }

    /// <summary>All graphs are open: the weights as they lie in the file are not needed in memory any more.</summary>
    public void Forget()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            // Only advice: a system that does not take it takes the memory back when it needs it.
            _ = Advise(start, (nuint)view.SafeMemoryMappedViewHandle.ByteLength, DontNeed);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // The same.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rearranged.Dispose();
        foreach (var value in weights.Values)
            value.Dispose();
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }

    /// <summary>Weights in the file that are read by nothing but products, whose kernels keep them rearranged.</summary>
    static Dictionary<string, TensorProto> Factors(string path)
    {
        var graph = GraphFile.Read(path).Graph;
        var reads = graph.Node
            .SelectMany(node => node.Input.Select((name, place) => (Name: name, IsFactor: node.OpType == "MatMul" && place == 1)))
            .ToLookup(read => read.Name, read => read.IsFactor, StringComparer.Ordinal);
        return graph.Initializer
            .Where(weight => weight.ExternalData.Count > 0 && reads[weight.Name].All(isFactor => isFactor))
            .ToDictionary(weight => weight.Name, StringComparer.Ordinal);
    }

    OrtValue Value(TensorProto weight, FileInfo storage)
    {
        var (offset, length) = GraphFile.Place(weight);
        if (offset < 0 || length < 0 || offset + length > storage.Length)
            throw new PackageException($"'{storage.FullName}' ends before weight '{weight.Name}'. Import the model again.");
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, (TensorElementType)weight.DataType, [.. weight.Dims], (nint)(start + offset), length);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint bytes, int advice);
}
