using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Text;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>A part that is about to run: what it is, and where.</summary>
sealed record PartScope(JobPlan Plan, InputSummary? Input, PartRequest Request, DeviceSession Device, Deadline Deadline, IObjectStore Store)
{
    /// <summary>What an item is recorded as that ended the process of its silo whenever it was tried.</summary>
    public static readonly ItemError Poisoned = new("poisoned", "Whenever it was tried, the process that tried it ended.");

    public int Block => Request.Block;

    public TextConvention Convention => TextConventions.TryParse(Plan.Convention, out var convention)
        ? convention
        : throw new InvalidDataException($"Job '{Plan.Id}' has the unknown convention '{Plan.Convention}'.");

    /// <summary>Whether only some items are tried and nothing is written.</summary>
    public bool IsProbe => Request.ProbeFrom >= 0;

    /// <summary>Whether an item of the part, by its place, is to be touched.</summary>
    public bool IsTried(int place) =>
        !Request.Poisoned.Contains(place) && (!IsProbe || (place >= Request.ProbeFrom && place < Request.ProbeTo));

    /// <summary>The error of an item that is not touched; null for one that is.</summary>
    public ItemError? Untried(int place) => IsTried(place) ? null : Poisoned;

    /// <summary>The block's input.</summary>
    public async Task<List<T>> ReadInput<T>(CancellationToken cancellation) => await ReadInput<T>(Block, cancellation);

    /// <summary>The input of any block.</summary>
    public async Task<List<T>> ReadInput<T>(int block, CancellationToken cancellation)
    {
        var path = JobPaths.InputOf(Plan.Id, Input!, block);
        var stored = await Store.Read(path, cancellation) ?? throw new StoreException($"Job '{Plan.Id}' lacks its input '{path}'.");
        return JsonLines.Read<T>(stored.Content);
    }

    /// <summary>Where a part of this block has its file.</summary>
    public string PathOf(int stage, int part) => JobPaths.PartOf(Plan.Id, Block, stage, part);

    /// <summary>The file of a part that is done.</summary>
    public async Task<PartFile> ReadPart(int stage, int part, CancellationToken cancellation)
    {
        var path = PathOf(stage, part);
        return await PartFile.Read(Store, path, cancellation) ?? throw new StoreException($"Job '{Plan.Id}' lacks its part '{path}'.");
    }
}
