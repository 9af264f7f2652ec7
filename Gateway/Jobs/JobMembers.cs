using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Which members of a request belong to which kind of job.</summary>
static class JobMembers
{
    const string Kinds = "rank, score, evaluate, ingest";

    /// <summary>The kind that a request names.</summary>
    public static JobKind KindOf(string? name) => name switch
    {
        "rank" => JobKind.Rank,
        "score" => JobKind.Score,
        "evaluate" => JobKind.Evaluate,
        "ingest" => JobKind.Ingest,
        null => throw Problems.InvalidRequest($"A job needs a 'kind': {Kinds}."),
        _ => throw Problems.InvalidRequest($"'{name}' is not a kind of job; {Kinds} are."),
    };

    public static string Name(JobKind kind) => kind switch
    {
        JobKind.Rank => "rank",
        JobKind.Score => "score",
        JobKind.Evaluate => "evaluate",
        _ => "ingest",
    };

    /// <summary>Ends the request if it has members of another kind, or values that no job takes.</summary>
    public static void Check(JobRequest request, JobKind kind)
    {
        (string Member, bool IsGiven, JobKind[] Of)[] members =
        [
            ("corpus", request.Corpus is not null, [JobKind.Rank, JobKind.Ingest]),
            ("queries", request.Queries is not null, [JobKind.Rank]),
            ("input", request.Input is not null, [JobKind.Rank, JobKind.Score, JobKind.Evaluate]),
            ("top", request.Top is not null, [JobKind.Rank]),
            ("candidates", request.Candidates is not null, [JobKind.Rank, JobKind.Evaluate]),
            ("rerank", request.Rerank is not null, [JobKind.Rank]),
            ("filter", request.Filter is not null, [JobKind.Rank]),
            ("kind_of_items", request.KindOfItems is not null, [JobKind.Rank]),
            ("kind_of_queries", request.KindOfQueries is not null, [JobKind.Rank]),
            ("pairs", request.Pairs is not null, [JobKind.Score]),
            ("min_probability", request.MinProbability is not null, [JobKind.Score]),
            ("annotations", request.Annotations is not null, [JobKind.Evaluate]),
            ("resamples", request.Resamples is not null, [JobKind.Evaluate]),
            ("source", request.Source is not null, [JobKind.Ingest]),
            ("delete_missing", request.DeleteMissing is not null, [JobKind.Ingest]),
        ];
        foreach (var (member, _, of) in members.Where(member => member.IsGiven && !member.Of.Contains(kind)))
            throw Problems.InvalidRequest($"'{member}' belongs to {string.Join(" and ", of.Select(Name))} jobs; this is one of kind '{Name(kind)}'.");
        if (!(request.MaxHours > 0))
            throw Problems.InvalidRequest($"'max_hours' is {request.MaxHours}; it must be above 0.");
        Require("retention_days", request.RetentionDays, 1, 3650);
    }

    /// <summary>Ends the request unless a number is within bounds.</summary>
    public static void Require(string member, int value, int least, int most)
    {
        if (value < least || value > most)
            throw Problems.InvalidRequest($"'{member}' is {value}; {least} to {most} are allowed.");
    }
}
