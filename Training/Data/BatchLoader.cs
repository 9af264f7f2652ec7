using MplugCluster.Model.Text;
using MplugCluster.Training.Augmentation;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Data;

/// <summary>Makes batches: pictures are decoded by several threads while the step before still runs.</summary>
/// <param name="set">The pairs.</param>
/// <param name="pictures">From a file to the image encoder's input.</param>
/// <param name="tokenizer">From a caption to token ids.</param>
/// <param name="convention">How captions are prepared.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="threads">Threads that decode.</param>
sealed class BatchLoader(TrainingSet set, AugmentedPictures pictures, CaptionTokenizer tokenizer, TextConvention convention, int seed, int threads)
{
    /// <summary>Largest random number that <see cref="TrainingBatch"/> takes.</summary>
    const float MaxRandom = 0.999999f;

    /// <summary>Batches in order; the next ones are made while one is used.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="batches">Numbers of pairs for each batch.</param>
    /// <param name="first">Batch to begin with.</param>
    /// <param name="ahead">How many are made ahead.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="TrainingDataException">A picture cannot be decoded.</exception>
    public IEnumerable<TrainingBatch> Load(int epoch, int[][] batches, int first, int ahead, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var coming = new Queue<Task<TrainingBatch>>();
        try
        {
            for (var next = first; next < batches.Length || coming.Count > 0;)
            {
                for (; next < batches.Length && coming.Count < ahead; next++)
                {
                    var number = next;
                    coming.Enqueue(Task.Run(() => Make(epoch, number, batches[number], stop.Token), stop.Token));
                }

                yield return coming.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            stop.Cancel();
            foreach (var task in coming)
            {
                // Their pictures are not wanted any more, and neither are their errors.
                task.ContinueWith(ended => _ = ended.Exception, TaskScheduler.Default);
            }
        }
    }

    TrainingBatch Make(int epoch, int number, int[] items, CancellationToken cancellation)
    {
        var size = pictures.Size;
        var pixels = new float[items.Length * size];
        try
        {
            Parallel.For(0, items.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, at => pictures.Load(
                set.Pairs[items[at]].Picture, StepRandom.Of(seed, "picture", epoch, items[at]), pixels.AsSpan(at * size, size)));
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<TrainingDataException>().FirstOrDefault() is { } fault)
        {
            throw fault;
        }

        var texts = items.Select(item => tokenizer.Encode(set.Pairs[item].Caption, convention)).ToArray();
        var length = texts.Max(text => text.Length);
        var (ids, mask) = (new long[items.Length * length], new long[items.Length * length]);
        foreach (var (at, text) in texts.Index())
        {
            for (var i = 0; i < text.Length; i++)
                (ids[at * length + i], mask[at * length + i]) = (text[i], 1);
        }

        var random = StepRandom.Of(seed, "negatives", epoch, number);
        return new TrainingBatch
        {
            Pixels = pixels,
            Ids = ids,
            Mask = mask,
            Identities = [.. items.Select(item => (long)set.Pairs[item].Identity)],
            RandomImages = [.. items.Select(_ => Math.Min(MaxRandom, random.NextSingle()))],
            RandomTexts = [.. items.Select(_ => Math.Min(MaxRandom, random.NextSingle()))],
            DropoutSeed = random.Next(),
        };
    }
}
