using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>
/// Commits a block to the corpus. Which of its items are duplicates is decided once and written down, then the segment is written under a name
/// that follows from job and block, then the corpus takes it, once; so a crash anywhere between, or a late second run, changes nothing.
/// </summary>
sealed class BlockCommit(ICorpora corpora, DuplicateSearch duplicates)
{
    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var (plan, store) = (scope.Plan, scope.Store);
        var (verdicts, embeddings) = await Read(scope, cancellation);
        var decided = await Decision.Once(scope, () => duplicates.Judge(scope, verdicts, cancellation), cancellation);
        var chosen = decided.Index().Where(verdict => verdict.Item.Item is not null).ToArray();
        string? file = null;
        if (chosen.Length > 0)
        {
            file = $"{CorpusManifest.SegmentsOf(plan.Corpus!)}/{plan.Id}-{scope.Block:000000}.arrow";
            var segment = new Segment([.. chosen.Select(verdict => verdict.Item.Item!)], [.. chosen.SelectMany(verdict => embeddings[verdict.Index]!)]);
            await store.Write(file, SegmentFile.ToBytes(segment), WriteCondition.IfAbsent, cancellation);
        }

        var reply = await corpora.Commit(plan.Corpus!, new CorpusCommit(plan.CorpusId, plan.Id, scope.Block, file, Gone(decided)), cancellation);
        if (CommitReplies.Fault(reply, plan) is { } fault)
            return fault;
        var errors = decided.Where(verdict => verdict.Error is not null).Select(verdict => ErrorLine.Of(verdict.Id, verdict.Error!)).ToArray();
        return CallOutcomes.Done(new PartResult
        {
            Rows = JsonLines.Of(decided.Select(verdict =>
                new IngestRow(verdict.Id, verdict.Outcome, verdict.Item?.Picture?.ContentHash, verdict.DuplicateOf))),
            Errors = errors,
            Items = decided.Length,
            Failed = errors.Length,
        });
    }

    /// <summary>An item that has become unusable, or the copy of another, must not be found by what it once was.</summary>
    static string[] Gone(IngestVerdict[] decided) =>
        [.. decided.Where(verdict => verdict is { IsListed: true, Outcome: "failed" or "duplicate" }).Select(verdict => verdict.Id).Distinct(StringComparer.Ordinal)];

    static async Task<(IngestVerdict[] Verdicts, float[]?[] Embeddings)> Read(PartScope scope, CancellationToken cancellation)
    {
        var (verdicts, embeddings) = (new List<IngestVerdict>(), new List<float[]?>());
        var parts = new JobShape(scope.Plan, scope.Input!).PartsOf(scope.Block, 0)!.Value;
        for (var part = 0; part < parts; part++)
        {
            var file = await scope.ReadPart(0, part, cancellation);
            var path = scope.PathOf(0, part);
            var some = JobJson.Read<IngestVerdict[]>(await file.Section(scope.Store, path, 0, cancellation));
            var numbers = await file.Section(scope.Store, path, 1, cancellation);
            var width = numbers.Length / Math.Max(1, some.Count(verdict => verdict.Item is not null));
            var at = 0;
            foreach (var verdict in some)
            {
                verdicts.Add(verdict);
                embeddings.Add(verdict.Item is null ? null : FloatBytes.ToFloats(numbers[at..(at += width)]).ToArray());
            }
        }

        return ([.. verdicts], [.. embeddings]);
    }
}
