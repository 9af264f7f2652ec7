using Microsoft.ML.OnnxRuntime;

namespace MplugCluster.Model.Onnx;

/// <summary>The process's one ONNX Runtime environment with its one thread pool: sessions with pools of their own would fight for the cores.</summary>
static class OnnxRuntimeEnvironment
{
    static readonly Lock Gate = new();
    static bool created;

    /// <summary>Makes the environment if it is not there; the first call's thread count stays.</summary>
    public static void Ensure(int intraOpThreads)
    {
        lock (Gate)
        {
            if (created)
                return;
            using var threads = new OrtThreadingOptions
            {
                GlobalIntraOpNumThreads = intraOpThreads > 0 ? intraOpThreads : Environment.ProcessorCount,
                GlobalInterOpNumThreads = 1,

                // Spinning threads would take the cores from decoding and from the cluster's liveness probes.
                GlobalSpinControl = false,
            };
            var options = new EnvironmentCreationOptions
            {
                logId = "mplug",
                logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
                threadOptions = threads,
            };
            OrtEnv.CreateInstanceWithOptions(ref options);
            created = true;
        }
    }
}
