using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Inference;

namespace MplugCluster.Cluster.Tests.Inference;

/// <summary>A fake engine that keeps the size of every call, and holds calls while it is closed.</summary>
sealed class SliceEngine : IInferenceEngine
{
    readonly FakeEngine fake = new("cpu");
    readonly ManualResetEventSlim open = new(true);

    public List<string> Calls { get; } = [];

    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MplugConfig Config => fake.Config;

    public string Fingerprint => fake.Fingerprint;

    public string Device => fake.Device;

    public int ImageBatch { get; init; } = 1;

    public int PairSlice { get; init; } = 128;

    public void Close() => open.Reset();

    public void Open() => open.Set();

    public ImageFeatures[] EncodeImages(IReadOnlyList<float[]> pixels)
    {
        Pass($"{pixels.Count}");
        return fake.EncodeImages(pixels);
    }

    public TextFeatures[] EncodeTexts(IReadOnlyList<int[]> tokenIds)
    {
        Pass($"{tokenIds.Count}");
        return fake.EncodeTexts(tokenIds);
    }

    public ItmLogits[][] ScorePairs(IReadOnlyList<PairGroup> groups)
    {
        Pass(string.Join('+', groups.Select(group => group.Texts.Count)));
        return fake.ScorePairs(groups);
    }

    public PairAttention Explain(ImageFeatures image, TextFeatures text, int layer)
    {
        Pass("explain");
        return fake.Explain(image, text, layer);
    }

    public void Dispose() => fake.Dispose();

    void Pass(string call)
    {
        Calls.Add(call);
        Waiting.TrySetResult();
        open.Wait();
    }
}
