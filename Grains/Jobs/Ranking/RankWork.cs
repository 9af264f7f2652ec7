using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Jobs.Ranking;

/// <summary>Parts of a rank job: a block's candidates, then its pairs grouped by picture, then the rows of its queries in order.</summary>
sealed class RankWork(InputReading input, CandidateSearch candidates, PairWork pairs) : IJobWork
{
    public Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation) => (scope.Block, scope.Request.Stage) switch
    {
        ( < 0, _) => input.Run(scope, cancellation),
        (_, 0) => candidates.Run(scope, cancellation),
        (_, 1) => pairs.Run(scope, cancellation),
        _ => Merge(scope, cancellation),
    };

    static async Task<CallOutcome<PartResult>> Merge(PartScope scope, CancellationToken cancellation)
    {
        var (queries, numbers) = await PairFiles.Read<RankedQuery[]>(scope, cancellation);
        var rows = queries.SelectMany(query => Rows(query, numbers, scope.Plan.Rank!.Top));
        var failed = queries.Where(query => ErrorOf(query, numbers) is not null).ToArray();
        var errors = failed.Select(query => ErrorLine.Of(query.Id, ErrorOf(query, numbers)!))
            .Concat(queries.Except(failed).SelectMany(query => query.Candidates.Select(candidate => (candidate.Id, Error: PairOf(query, candidate, numbers).Error)))
                .Where(candidate => candidate.Error is not null)
                .DistinctBy(candidate => candidate.Id).OrderBy(candidate => candidate.Id, StringComparer.Ordinal)
                .Select(candidate => ErrorLine.Of(candidate.Id, candidate.Error!) with { Role = "candidate" }))
            .ToArray();
        return CallOutcomes.Done(new PartResult { Rows = JsonLines.Of(rows), Errors = errors, Items = queries.Length, Failed = failed.Length });
    }

    /// <summary>Why a query has no candidates, or why its picture could not be read any more when they were reranked.</summary>
    static ItemError? ErrorOf(RankedQuery query, PairNumbers numbers) =>
        query.Error ?? (query.ContentHash is { } content ? numbers.ErrorOf(content) : null);

    /// <summary>Reranked candidates by ITM logit, then the rest by ITC similarity.</summary>
    static IEnumerable<RankRow> Rows(RankedQuery query, PairNumbers numbers, int top) => query.Candidates
        .Select((candidate, place) => (Candidate: candidate, RankItc: place + 1, Logits: PairOf(query, candidate, numbers).Numbers?.Logits))
        .OrderBy(row => row.Logits is null)
        .ThenByDescending(row => row.Logits?.Match)
        .ThenBy(row => row.RankItc)
        .Take(top)
        .Select((row, place) => new RankRow(
            query.Id,
            place + 1,
            row.Candidate.Id,
            row.RankItc,
            row.Candidate.ItcSimilarity,
            row.Logits?.Match,
            row.Logits?.MatchProbability,
            row.Candidate.Text));

    static ((ItmLogits Logits, float ItcSimilarity)? Numbers, ItemError? Error) PairOf(RankedQuery query, RankCandidate candidate, PairNumbers numbers) =>
        candidate.TextNumber < 0 ? (null, null) : numbers.Of((query.ContentHash ?? candidate.ContentHash)!, candidate.TextNumber);
}
