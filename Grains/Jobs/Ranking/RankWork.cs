using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Jobs.Parts;

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
        var errors = queries.Where(query => query.Error is not null).Select(query => ErrorLine.Of(query.Id, query.Error!))
            .Concat(queries.SelectMany(query => query.Candidates).Where(candidate => candidate.TextNumber >= 0 && candidate.ContentHash is not null)
                .DistinctBy(candidate => candidate.Id).OrderBy(candidate => candidate.Id, StringComparer.Ordinal)
                .Where(candidate => numbers.ErrorOf(candidate.ContentHash!) is not null)
                .Select(candidate => ErrorLine.Of(candidate.Id, numbers.ErrorOf(candidate.ContentHash!)!) with { Role = "candidate" }))
            .ToArray();
        return CallOutcomes.Done(new PartResult { Rows = JsonLines.Of(rows), Errors = errors, Items = queries.Length, Failed = queries.Count(query => query.Error is not null) });
    }

    /// <summary>Reranked candidates by ITM logit, then the rest by ITC similarity.</summary>
    static IEnumerable<RankRow> Rows(RankedQuery query, PairNumbers numbers, int top) => query.Candidates
        .Select((candidate, place) => (Candidate: candidate, RankItc: place + 1, Logits: LogitsOf(query, candidate, numbers)))
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

    static Model.Inference.ItmLogits? LogitsOf(RankedQuery query, RankCandidate candidate, PairNumbers numbers) =>
        candidate.TextNumber < 0 ? null : numbers.Of((query.ContentHash ?? candidate.ContentHash)!, candidate.TextNumber).Numbers?.Logits;
}
