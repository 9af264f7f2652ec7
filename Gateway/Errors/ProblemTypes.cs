using System.Collections.Frozen;

namespace MplugCluster.Gateway.Errors;

/// <summary>Every type of problem with its status, for those who describe the API; a test holds it to what <see cref="Problems"/> makes.</summary>
static class ProblemTypes
{
    /// <summary>What every type begins with.</summary>
    public const string Prefix = "urn:mplug:";

    /// <summary>Status of each type, without its prefix.</summary>
    public static FrozenDictionary<string, int> Statuses { get; } = new Dictionary<string, int>
    {
        ["invalid-request"] = 400,
        ["unauthorized"] = 401,
        ["forbidden"] = 403,
        ["foreign-host"] = 403,
        ["not-found"] = 404,
        ["corpus-not-found"] = 404,
        ["item-not-found"] = 404,
        ["picture-not-found"] = 404,
        ["blob-not-found"] = 404,
        ["job-not-found"] = 404,
        ["model-not-found"] = 404,
        ["too-slow"] = 408,
        ["corpus-exists"] = 409,
        ["model-mismatch"] = 409,
        ["picture-changed"] = 409,
        ["job-state"] = 409,
        ["idempotency-key-reused"] = 409,
        ["too-large"] = 413,
        ["unsupported-media-type"] = 415,
        ["hash-mismatch"] = 422,
        ["convention-mismatch"] = 422,
        ["rerank-impossible"] = 422,
        ["explanation-impossible"] = 422,
        ["job-too-long"] = 422,
        ["format-impossible"] = 422,
        ["picture-unusable"] = 422,
        ["picture-url-refused"] = 422,
        ["inputs-unusable"] = 422,
        ["source-refused"] = 422,
        ["annotations-unusable"] = 422,
        ["overloaded"] = 429,
        ["internal-error"] = 500,
        ["unavailable"] = 503,
        ["timed-out"] = 503,
        ["shards-missing"] = 503,
        ["store-failed"] = 503,
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
