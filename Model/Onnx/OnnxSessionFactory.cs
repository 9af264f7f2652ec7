using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Onnx.Rows;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Onnx;

/// <summary>Opens ONNX Runtime sessions on a device.</summary>
static class OnnxSessionFactory
{
    const string CudaProvider = "CUDAExecutionProvider";

    /// <summary>What computes on a device, by the runtime's name.</summary>
    public static string ProviderOf(DeviceName device) => device.CudaIndex is null ? "CPUExecutionProvider" : CudaProvider;

    /// <summary>Opens a graph file; its weights lie beside it.</summary>
    /// <param name="path">The graph.</param>
    /// <param name="engine">Device and threads.</param>
    /// <param name="prepack">
    /// Whether the processor's kernels may keep a rearranged copy of the weights, in place of the mapped ones: faster runs, the more so the fewer rows they
    /// multiply, for memory of the process's own and a longer opening.
    /// </param>
    /// <param name="profile">Whether runs are profiled until <see cref="InferenceSession.EndProfiling"/>, which has to be called.</param>
    /// <exception cref="DeviceUnavailableException">The device is not there.</exception>
    public static InferenceSession Open(string path, EngineOptions engine, bool prepack, bool profile = false) =>
        Open(engine, prepack, profile, options => new InferenceSession(path, options));

    /// <summary>Opens a graph file that has rearranged weights in common with others.</summary>
    public static InferenceSession Open(string path, EngineOptions engine, SharedWeights shared) =>
        Open(engine, prepack: true, profile: false, options => shared.Open(path, options));

    /// <summary>Opens a graph in memory whose weights lie in a folder.</summary>
    public static InferenceSession Open(byte[] graph, string weightsFolder, EngineOptions engine, bool prepack = false, bool profile = false) => Open(
        engine, prepack, profile, options => Beside(weightsFolder, options, graph));

    /// <summary>Opens a graph of a package: an int8 one on the processor with what lies between its products joined.</summary>
    public static InferenceSession Open(ModelPackage package, string path, EngineOptions engine, bool prepack, bool profile = false)
    {
        if (package.Manifest.Precision != Precision.Int8 || engine.ActsAsGpu || !RowOperators.AreSupported)
            return Open(path, engine, prepack, profile);
        var model = GraphFile.Read(path);
        JoinedRows.Join(model);
        return OpenJoined(model, package.Directory, engine, prepack, profile);
    }

    /// <summary>Opens a graph in memory that <see cref="JoinedRows"/> has changed.</summary>
    public static InferenceSession OpenJoined(ModelProto model, string weightsFolder, EngineOptions engine, bool prepack, bool profile = false) => Open(
        engine,
        prepack,
        profile,
        options =>
        {
            RowOperators.AddTo(options);
            return Beside(weightsFolder, options, model.ToByteArray());
        });

    /// <summary>Opens a graph in memory that has no weights of its own.</summary>
    /// <remarks>
    /// Without the runtime's memory plans: it would lay one out beside the blocks of the first run, which it keeps too. That is twice the memory for a
    /// training step, and saves no time. Without its fused sum and layer norm, whose kernel for CUDA leaves out the inverse deviation that the way back reads.
    /// </remarks>
    public static InferenceSession Open(byte[] graph, EngineOptions engine) => Open(
        engine,
        prepack: false,
        profile: false,
        options =>
        {
            options.EnableMemoryPattern = false;
            if (engine.Device.CudaIndex is not null)
                KeepNormsApart(options);
            return new InferenceSession(graph, options);
        });

    static InferenceSession Beside(string weightsFolder, SessionOptions options, byte[] graph)
    {
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", weightsFolder);
        return new InferenceSession(graph, options);
    }

    static InferenceSession Open(EngineOptions engine, bool prepack, bool profile, Func<SessionOptions, InferenceSession> open)
    {
        OnnxRuntimeEnvironment.Ensure(engine);
        var folder = profile ? Path.GetTempPath() : engine.Profiles;
        var profiles = folder is null ? null : Path.Combine(folder, $"mplug-{Guid.NewGuid():N}");
        try
        {
            using var options = Options(engine, prepack, profiles);
            return open(options);
        }
        catch (OnnxRuntimeException e)
        {
            // A session that does not open has begun its profile all the same.
            foreach (var file in profiles is null ? [] : Directory.GetFiles(folder!, $"{Path.GetFileName(profiles)}*"))
                File.Delete(file);
            if (engine.Device.CudaIndex is null)
                throw;
            throw Unavailable(engine, e);
        }
    }

    /// <param name="engine">Device and threads.</param>
    /// <param name="prepack">Whether kernels may keep a rearranged copy of weights.</param>
    /// <param name="profiles">
    /// Beginning of the file for a profile of the session's runs; null: none is made. One that is profiled computes on its caller's thread alone: profiling in the threads
    /// that all sessions share breaks the runs of the others, and never ends.
    /// </param>
    static SessionOptions Options(EngineOptions engine, bool prepack, string? profiles)
    {
        var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        try
        {
            if (profiles is null)
            {
                options.DisablePerSessionThreads();
            }
            else
            {
                options.IntraOpNumThreads = 1;
                options.ProfileOutputPathPrefix = profiles;
                options.EnableProfiling = true;
            }

            if (ByteProducts.Overflow)
                options.AddSessionConfigEntry("session.x64quantprecision", "1");
            if (!prepack)
                options.AddSessionConfigEntry("session.disable_prepacking", "1");
            if (engine.Device.CudaIndex is { } index)
                AppendCuda(options, index, engine.Cuda);
            else
                KeepNormsApart(options);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Leaves sums and layer norms as they are. The processor's kernel for both together takes number after number: three times as long as the two one after
    /// the other.
    /// </summary>
    static void KeepNormsApart(SessionOptions options) => options.AddSessionConfigEntry("optimization.disable_specified_optimizers", "SkipLayerNormFusion");

    static void AppendCuda(SessionOptions options, int index, CudaSettings settings)
    {
        // The processor's build of ONNX Runtime accepts some CUDA calls silently, so the list of providers is what counts.
        var offered = OrtEnv.Instance().GetAvailableProviders();
        if (!offered.Contains(CudaProvider))
        {
            throw new DeviceUnavailableException(
                $"Device cuda:{index} needs ONNX Runtime with {CudaProvider}, but this build offers only {string.Join(", ", offered)}. "
                + "Build with -p:OnnxRuntime=Gpu, or use the processor: Mplug__Device__Devices=cpu, with train --device cpu.");
        }

        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new Dictionary<string, string>(settings.ProviderOptions(index)));
        options.AppendExecutionProvider_CUDA(cuda);
    }

    /// <summary>What is thrown where a GPU fails before it has done any work.</summary>
    public static DeviceUnavailableException Unavailable(EngineOptions engine, OnnxRuntimeException failure) =>
        DeviceUnavailableException.At(engine.Device, CudaAdvice.On(failure, engine.Cuda), failure);
}
