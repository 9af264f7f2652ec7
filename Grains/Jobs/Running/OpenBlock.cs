using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs.Running;

/// <summary>A block that is being worked on: the stage it has reached, and which of its parts are done.</summary>
sealed class OpenBlock
{
    readonly JobShape shape;
    readonly int[] counts;
    bool[] done = [];

    OpenBlock(int number, JobShape shape) => (Number, this.shape, counts) = (number, shape, new int[shape.Stages.Length]);

    public int Number { get; }

    public int Stage { get; private set; }

    /// <summary>Parts of the stage.</summary>
    public int Parts => done.Length;

    /// <summary>Parts of it that are done.</summary>
    public int Done { get; private set; }

    public bool IsFinished => Stage > shape.LastStage;

    /// <summary>Share of the block's work that is done.</summary>
    public double Fraction => IsFinished ? 1
        : shape.Stages.Take(Stage).Sum(stage => stage.Weight) + (Parts == 0 ? 0 : shape.Stages[Stage].Weight * Done / Parts);

    /// <summary>Parts of any stage, as far as they are known; 0 otherwise.</summary>
    public int PartsOf(int stage) => stage <= Stage ? counts[stage] : shape.PartsOf(Number, stage) ?? 0;

    /// <summary>Parts of any stage that are done.</summary>
    public int DoneOf(int stage) => stage < Stage ? counts[stage] : stage == Stage ? Done : 0;

    /// <summary>Parts of the stage that are not done, in order.</summary>
    public IEnumerable<PartKey> Waiting =>
        IsFinished ? [] : Enumerable.Range(0, Parts).Where(part => !done[part]).Select(part => new PartKey(Number, Stage, part));

    /// <summary>Opens a block where its files say it is.</summary>
    public static async Task<OpenBlock> Open(JobPlan plan, JobShape shape, int number, IObjectStore store, CancellationToken cancellation)
    {
        var block = new OpenBlock(number, shape);
        var files = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var file in store.List(JobPaths.PartsOf(plan.Id, number), cancellation))
            files.Add(file.Path);
        await block.Enter(0, plan, store, cancellation);
        while (!block.IsFinished)
        {
            for (var part = 0; part < block.Parts; part++)
            {
                if (files.Contains(JobPaths.PartOf(plan.Id, number, block.Stage, part)))
                    block.Mark(part);
            }

            if (block.Done < block.Parts)
                break;
            await block.Enter(block.Stage + 1, plan, store, cancellation);
        }

        return block;
    }

    /// <summary>A part of the stage is done; goes on to the next stage after the last one.</summary>
    public async Task Finish(PartKey key, JobPlan plan, IObjectStore store, CancellationToken cancellation)
    {
        if (key.Stage != Stage || done[key.Part])
            return;
        Mark(key.Part);
        while (!IsFinished && Done == Parts)
            await Enter(Stage + 1, plan, store, cancellation);
    }

    async Task Enter(int stage, JobPlan plan, IObjectStore store, CancellationToken cancellation)
    {
        var parts = stage > shape.LastStage ? 0 : shape.PartsOf(Number, stage) ?? await Counted(stage, plan, store, cancellation);
        (Stage, done, Done) = (stage, new bool[parts], 0);
        if (!IsFinished)
            counts[stage] = parts;
    }

    /// <summary>The number of parts, as the first part of the stage before has written it.</summary>
    async Task<int> Counted(int stage, JobPlan plan, IObjectStore store, CancellationToken cancellation)
    {
        var path = JobPaths.PartOf(plan.Id, Number, stage - 1, 0);
        var file = await PartFile.Read(store, path, cancellation) ?? throw new StoreException($"Job '{plan.Id}' lacks its part '{path}'.");
        return file.Next;
    }

    void Mark(int part)
    {
        Done += done[part] ? 0 : 1;
        done[part] = true;
    }
}
