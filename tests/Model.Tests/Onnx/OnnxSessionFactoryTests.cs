using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Onnx;

public sealed class OnnxSessionFactoryTests
{
    [Fact]
    public void Open_Processor_SumsAndNormsStayApart()
    {
        using var session = OnnxSessionFactory.Open(ModelPackage.Open(Repository.Scenes).TextEncoderPath, new EngineOptions(), prepack: true, profile: true);
        using (var run = new RunOptions())
        using (var ids = OrtValue.CreateTensorValueFromMemory(new long[] { 2, 7, 3, 2, 8, 3 }, [2, 3]))
        using (var mask = OrtValue.CreateTensorValueFromMemory(new long[] { 1, 1, 1, 1, 1, 1 }, [2, 3]))
            session.Run(run, ["ids", "mask"], [ids, mask], ["text_tokens"]).Dispose();
        var file = session.EndProfiling();
        var profile = File.ReadAllText(file);
        File.Delete(file);

        // One kernel for both is slower than the two; a runtime that gains by it may have it back.
        Assert.Contains("\"op_name\" : \"LayerNormalization\"", profile);
        Assert.DoesNotContain("SkipLayerNormalization", profile);
    }
}
