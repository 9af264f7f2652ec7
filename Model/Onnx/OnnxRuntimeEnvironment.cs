using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx.Rows;

namespace MplugCluster.Model.Onnx;

/// <summary>The process's one ONNX Runtime environment with its one thread pool: sessions with pools of their own would fight for the cores.</summary>
static class OnnxRuntimeEnvironment
{
    static readonly Lock Gate = new();
    static bool created;

    /// <summary>Makes the environment if it is not there; the first call decides about its threads.</summary>
    public static void Ensure(EngineOptions engine)
    {
        lock (Gate)
        {
            if (created)
                return;
            using var threads = new OrtThreadingOptions
            {
                GlobalIntraOpNumThreads = engine.Threads,
                GlobalInterOpNumThreads = 1,
                GlobalSpinControl = engine.Spin,
            };
            var options = new EnvironmentCreationOptions
            {
                logId = "mplug",

                // What fails is thrown too, and said once and in our words.
                logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
                threadOptions = threads,
            };
            OrtEnv.CreateInstanceWithOptions(ref options);
            if (RowOperators.AreSupported)
                RowOperators.Register();
            created = true;
        }
    }
}
