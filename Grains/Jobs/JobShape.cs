using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Jobs;

/// <summary>Into which blocks, stages and parts a job falls. The last stage of a block is one part, which writes the block's results.</summary>
sealed class JobShape(JobPlan plan, InputSummary input)
{
    /// <summary>Captions whose embeddings one part of an evaluation makes.</summary>
    public const int CaptionsPerPart = 512;

    /// <summary>Queries of one part of an evaluation's candidates.</summary>
    public const int QueriesPerPart = 512;

    /// <summary>Stages of a block, in order.</summary>
    public JobStage[] Stages { get; } = plan.Kind switch
    {
        JobKind.Rank => [new("candidates", 0.1, plan.Rank!.Queries == "picture"), new("pairs", 0.85, Bisects: true), new("merge", 0.05)],
        JobKind.Score => [new("resolve", 0.1), new("pairs", 0.85, Bisects: true), new("merge", 0.05)],
        JobKind.Ingest => [new("encode", 0.95, Bisects: true), new("commit", 0.05)],
        JobKind.Evaluate => [new("pictures", 0.2, Bisects: true), new("captions", 0.02), new("candidates", 0.03), new("pairs", 0.74, Bisects: true), new("metrics", 0.01)],
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan.Kind, "There is no such kind of job."),
    };

    public int LastStage => Stages.Length - 1;

    /// <summary>Number of blocks. An ingest that removes what is missing has one more, for that.</summary>
    public int Blocks => plan.Kind switch
    {
        JobKind.Evaluate => 1,
        JobKind.Ingest when plan.Ingest!.DeleteMissing => input.Blocks + 1,
        _ => input.Blocks,
    };

    /// <summary>Whether a block's last stage waits for the block before: it changes something that the next one looks at.</summary>
    public bool InOrder => plan.Kind == JobKind.Ingest;

    /// <summary>Items of a block.</summary>
    public int ItemsOf(int block) => (int)Math.Clamp(input.Items - (long)block * plan.ItemsPerBlock, 0, plan.ItemsPerBlock);

    /// <summary>Parts of a stage; null: the first part of the stage before says.</summary>
    public int? PartsOf(int block, int stage) => (plan.Kind, Stages[stage].Name) switch
    {
        (JobKind.Ingest, "encode") => Parts(ItemsOf(block), plan.PicturesPerPart),
        (JobKind.Evaluate, "pictures") => Parts(input.Items, plan.PicturesPerPart),
        (JobKind.Evaluate, "captions") => Parts(input.Captions, CaptionsPerPart),
        (JobKind.Evaluate, "candidates") => Parts(input.Items, QueriesPerPart) + Parts(input.Captions, QueriesPerPart),
        (JobKind.Evaluate, "pairs") => Parts(input.Items, PicturesPerSlot),
        (_, "pairs") => null,
        _ => 1,
    };

    /// <summary>
    /// Pictures of one part of an evaluation's pairs: a picture has its own candidates, and is one of those of its share of the captions.
    /// </summary>
    public int PicturesPerSlot
    {
        get
        {
            var k = plan.Evaluate!.Candidates;
            var perPicture = Math.Min(k, input.Captions) + (double)input.Captions * Math.Min(k, input.Items) / input.Items;
            return Math.Clamp((int)(plan.PairsPerPart / perPicture), 1, plan.PicturesPerPart);
        }
    }

    /// <summary>
    /// What places a part on the ring. Parts are sorted by picture, so the same range of pictures goes to the same device in every block, where
    /// their features then are. A stage of one part goes anywhere.
    /// </summary>
    public static string PlaceOf(int block, int part, int parts) => parts > 1 ? $"range/{(long)part * Ranges / parts}" : $"block/{block}";

    const int Ranges = 64;

    static int Parts(long items, int perPart) => (int)((items + perPart - 1) / perPart);
}
