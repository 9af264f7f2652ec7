using System.Collections.Concurrent;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;

namespace MplugCluster.Cluster.Tests.Clusters;

/// <summary>The engine of <see cref="FakeModel"/>: pixels are the picture's bytes, tokens its embedding.</summary>
sealed class FakeEngine(string device) : IInferenceEngine
{
    readonly ManualResetEventSlim open = new(true);
    int images;
    int texts;
    int pairs;

    public event Action<MemoryShortage>? Shortened;

    public IReadOnlyList<string> Remarks { get; init; } = [];

    public TokenResidency? Residency { get; set; }

    /// <summary>Told by the next call for pictures, if set.</summary>
    public MemoryShortage? Shortage { get; set; }

    public MplugConfig Config => throw new NotSupportedException("The fake has no sizes.");

    public string Fingerprint => FakeModel.Fingerprint;

    public string Device => device;

    public int Images => Volatile.Read(ref images);

    public int Texts => Volatile.Read(ref texts);

    public int Pairs => Volatile.Read(ref pairs);

    /// <summary>Calls that found a <see cref="Fault"/>.</summary>
    public int Faults { get; private set; }

    /// <summary>Embedding of the first text of each call for pairs, in order.</summary>
    public ConcurrentQueue<float[]> PairTexts { get; } = new();

    /// <summary>Thrown by every call, if set.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Pictures, by their embedding, whose pairs get numbers that are none.</summary>
    public Predicate<float[]> GivesNoNumbers { get; set; } = _ => false;

    /// <summary>Pictures, by their pixels, whose embeddings are none.</summary>
    public Predicate<float[]> GivesNoEmbedding { get; set; } = _ => false;

    /// <summary>Texts, by their tokens, whose embeddings are none.</summary>
    public Predicate<int[]> GivesNoTextEmbedding { get; set; } = _ => false;

    /// <summary>Whether texts get the embeddings of others.</summary>
    public bool OtherTexts { get; set; }

    /// <summary>Done when a call waits at a closed gate.</summary>
    public TaskCompletionSource Waiting { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>From now on pictures and pairs wait.</summary>
    public void Close()
    {
        Waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        open.Reset();
    }

    public void Open() => open.Set();

    public ImageFeatures[] EncodeImages(IReadOnlyList<float[]> pixels)
    {
        Pass();
        Interlocked.Add(ref images, pixels.Count);
        if (Shortage is { } shortage)
            Shortened?.Invoke(shortage);
        return [.. pixels.Select(picture =>
        {
            var embedding = FakeModel.ImageEmbedding([.. picture.Select(value => (byte)value)]);
            if (GivesNoEmbedding(picture))
                embedding[0] = float.NaN;
            return new ImageFeatures(embedding, embedding);
        })];
    }

    public TextFeatures[] EncodeTexts(IReadOnlyList<int[]> tokenIds)
    {
        Check();
        Interlocked.Add(ref texts, tokenIds.Count);
        return [.. tokenIds.Select(ids =>
        {
            var embedding = FakeModel.Unit(OtherTexts ? [.. ids, 1] : ids, 2);
            if (GivesNoTextEmbedding(ids))
                embedding[0] = float.NaN;
            return new TextFeatures(embedding, embedding, ids.Length);
        })];
    }

    public ItmLogits[][] ScorePairs(IReadOnlyList<PairGroup> groups)
    {
        Pass();
        PairTexts.Enqueue(groups[0].Texts[0].Embedding);
        Interlocked.Add(ref pairs, groups.Sum(group => group.Texts.Count));
        return [.. groups.Select(group => group.Texts.Select(text => GivesNoNumbers(group.Image.Embedding)
            ? new ItmLogits(float.NegativeInfinity, float.NaN)
            : FakeModel.Score(group.Image.Embedding, text.Embedding)).ToArray())];
    }

    public PairAttention Explain(ImageFeatures image, TextFeatures text, int layer)
    {
        Pass();
        return new PairAttention(FakeModel.Score(image.Embedding, text.Embedding), FakeModel.Shares(text.Length, layer), 1, text.Length);
    }

    public void Dispose() => open.Set();

    void Pass()
    {
        if (!open.IsSet)
        {
            Waiting.TrySetResult();
            open.Wait();
        }

        Check();
    }

    void Check()
    {
        if (Fault is null)
            return;
        Faults++;
        throw Fault;
    }
}
