using System.Globalization;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Security;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Gateway.Errors;

/// <summary>Every error answer of the API: its stable type, title and status. Nothing else names a status.</summary>
static class Problems
{
    const string GuessedSpeed = "; a first guess, they have not done such work since they started";

    public static ProblemException InvalidRequest(string detail) => Of("invalid-request", "The request is not valid", 400, detail);

    public static ProblemException Unauthorized(bool hasKey) => Of(
        "unauthorized",
        hasKey ? "The key is not known" : "A key is needed",
        401,
        (hasKey ? "The key that was sent is none of this server's. " : "") + "Send a key of this server as 'Authorization: Bearer <key>'.");

    public static ProblemException Forbidden(AccessRight has, AccessRight needed) => Of(
        "forbidden", "The key may not do this", 403, $"The key has the right '{Name(has)}'; this needs '{Name(needed)}'.");

    public static ProblemException ForeignHost(string host) => Of(
        "foreign-host", "The request is for another host", 403, $"This server does not answer for the host '{host}'.");

    public static ProblemException NoRoute(string path) => Of("not-found", "There is nothing here", 404, $"There is nothing at '{path}'.");

    public static ProblemException NoCorpus(string name) => Of("corpus-not-found", "There is no such corpus", 404, $"There is no corpus '{name}'.");

    public static ProblemException NoItem(string corpus, string id) => Of(
        "item-not-found", "There is no such item", 404, $"Corpus '{corpus}' has no item '{id}'.");

    public static ProblemException NoPicture(string id, string reason) => Of("picture-not-found", "There is no such picture", 404, $"'{id}': {reason}");

    public static ProblemException PictureChanged(string id, string reason) => Of(
        "picture-changed", "The picture is another one by now", 409, $"'{id}': {reason}");

    public static ProblemException NoBlob(string sha256) => Of(
        "blob-not-found", "There is no such blob", 404, $"There is no blob {sha256}; upload it with PUT /v1/blobs/{sha256}.");

    public static ProblemException NoJob(string id) => Of("job-not-found", "There is no such job", 404, $"There is no job '{id}'.");

    public static ProblemException NoModel(string id) => Of(
        "model-not-found", "There is no such model", 404, $"There is no model '{id}'; GET /v1/models lists the one that is served.");

    public static ProblemException CorpusExists(string name) => Of(
        "corpus-exists", "The name is taken", 409, $"There is a corpus '{name}' already.");

    public static ProblemException ModelMismatch(string detail) => Of("model-mismatch", "The model is another one", 409, detail);

    public static ProblemException JobState(string detail) => Of("job-state", "The job's state does not allow it", 409, detail);

    public static ProblemException KeyReused(string job) => Of(
        "idempotency-key-reused",
        "The key belongs to another request",
        409,
        $"Job '{job}' was submitted with this Idempotency-Key and another request. Send the same request again, or use a new key.");

    public static ProblemException TooSlow() => Of(
        "too-slow", "The request came too slowly", 408, "The body did not come as fast as the server waits for one; send it again.");

    public static ProblemException TooLarge(string detail) => Of("too-large", "The request is too large", 413, detail);

    public static ProblemException UnsupportedMediaType(string detail) =>
        Of("unsupported-media-type", "The content type is not understood", 415, detail);

    public static ProblemException HashMismatch(string expected, string found) => Of(
        "hash-mismatch", "The bytes have another hash", 422, $"The bytes have the SHA-256 {found}, the address says {expected}.");

    public static ProblemException ConventionMismatch(string corpus, string own, string asked) => Of(
        "convention-mismatch", "The corpus has another convention", 422, $"Corpus '{corpus}' was prepared with {own}, the query asks for {asked}.");

    public static ProblemException NothingToRerank(string kind) => Of(
        "rerank-impossible",
        "Only a picture and a text can be reranked",
        422,
        $"Query and items are both {kind}s; ITM exists only between a picture and a text. Leave 'rerank' out to order by ITC similarity.");

    public static ProblemException NothingToExplain(string detail) => Of(
        "explanation-impossible", "Only a picture and a text can be explained", 422, $"{detail} There is attention only between a picture and a text.");

    public static ProblemException JobTooLong(double hours, double maxHours, int devices, bool isGuess) => Of(
        "job-too-long",
        "The job would take too long",
        422,
        string.Create(CultureInfo.InvariantCulture,
            $"The job would take about {hours:0.#} h on the devices of now ({devices}{(isGuess ? GuessedSpeed : "")}), more than 'max_hours' {maxHours:0.#}. ")
            + "Set 'confirm' to start it all the same.");

    public static ProblemException FormatImpossible(string format, string kind) => Of(
        "format-impossible", "The results have no such format", 422, $"Results of {kind} jobs cannot be had as {format}; a TREC run is a ranking.");

    public static ProblemException BadPicture(string code, string message) =>
        Of("picture-unusable", "The picture cannot be used", 422, $"{code}: {message}");

    /// <summary>The picture that a request is about cannot be used.</summary>
    public static ProblemException OfPicture(ApiError error) =>
        error.Code == PictureFault.UrlRefused ? PictureUrl(error.Message) : BadPicture(error.Code, error.Message);

    public static ProblemException PictureUrl(string detail) => Of(
        "picture-url-refused", "The picture is not fetched", 422, detail);

    /// <summary>Some inputs of a list cannot be used, and the request wants all or none.</summary>
    public static ProblemException BadInputs(IReadOnlyList<InputFault> faults, int inputs) => new(Of(
        "inputs-unusable",
        "Not all inputs can be used",
        422,
        $"{faults.Count} of {inputs} inputs cannot be used, the first is number {faults[0].Index}: {faults[0].Error.Code}: {faults[0].Error.Message} "
        + "Leave them out, or allow a partial answer ('allow_partial': true).").Problem with
    {
        Errors = faults,
    });

    public static ProblemException Overloaded(string detail, int retryAfterMs) => Of(
        "overloaded", "All devices are full", 429, detail, Math.Max(100, retryAfterMs));

    public static ProblemException Full(int most, int retryAfterMs) => Of(
        "overloaded", "The server is full", 429, $"The server works on {most} requests already; it takes no more at the same time.", retryAfterMs);

    public static ProblemException Unavailable(string detail) => Of("unavailable", "No device can do the work", 503, detail);

    public static ProblemException TimedOut(string detail) => Of("timed-out", "The time was not enough", 503, detail);

    public static ProblemException ShardsMissing(int answered, int total, string detail) => Of(
        "shards-missing",
        "A part of the corpus did not answer",
        503,
        $"{answered} of {total} shards answered ({detail}). Try again, or set 'allow_partial'.");

    public static ProblemException StoreFailed(string detail) => Of("store-failed", "The store failed", 503, detail);

    public static ProblemException Annotations(string detail) => Of("annotations-unusable", "The annotations cannot be used", 422, detail);

    public static ProblemException SourceRefused(string detail) => Of("source-refused", "The source cannot be read", 422, detail);

    public static ProblemException Bug(string request) => Of(
        "internal-error", "The server has a fault", 500, $"Request {request} failed in a way nobody foresaw; the server's log has the details.");

    /// <summary>Ends the request unless the devices did their work.</summary>
    public static void ThrowIfFailed(DeviceReply reply)
    {
        if (reply.Status != CallStatus.Ok)
            throw OfDevices(reply);
    }

    /// <summary>Ends the request unless the corpus did its work.</summary>
    public static void ThrowIfFailed(CorpusReply reply, string name, int retryAfterMs = 0)
    {
        if (reply.Status != CorpusStatus.Ok)
            throw OfCorpus(reply, name, retryAfterMs);
    }

    /// <summary>The job of a reply, or the end of the request.</summary>
    public static JobDescription JobOf(JobReply reply, string id) => reply.Status switch
    {
        JobCallStatus.Ok => reply.Job!,
        JobCallStatus.NotFound => throw NoJob(id),
        JobCallStatus.Conflict => throw JobState(reply.Message ?? ""),
        _ => throw StoreFailed(reply.Message ?? ""),
    };

    static string Name(AccessRight right) => right switch
    {
        AccessRight.Read => "read",
        AccessRight.Write => "write",
        _ => "admin",
    };

    static ProblemException OfDevices(DeviceReply reply) => reply.Status switch
    {
        CallStatus.Overloaded => Overloaded(reply.Message ?? "", reply.RetryAfterMs),

        // Where others' work stood before it, the time was not too short but the devices full.
        CallStatus.TimedOut when reply.QueueMs > 0 => Overloaded($"{reply.Message} The devices have some {reply.QueueMs} ms of work waiting.", reply.QueueMs / 2),
        CallStatus.TimedOut => TimedOut(reply.Message ?? ""),
        CallStatus.WrongModel => ModelMismatch(reply.Message ?? ""),
        _ => Unavailable(reply.Message ?? ""),
    };

    static ProblemException OfCorpus(CorpusReply reply, string name, int retryAfterMs) => reply.Status switch
    {
        CorpusStatus.NotFound => NoCorpus(name),
        CorpusStatus.AlreadyExists => CorpusExists(name),
        CorpusStatus.Mismatch => ModelMismatch(reply.Message ?? ""),
        CorpusStatus.Overloaded => Overloaded(reply.Message ?? "", retryAfterMs),
        CorpusStatus.StoreFailed => StoreFailed(reply.Message ?? ""),
        CorpusStatus.TimedOut => TimedOut(reply.Message ?? ""),
        _ => Unavailable(reply.Message ?? ""),
    };

    static ProblemException Of(string type, string title, int status, string detail, int? retryAfterMs = null) =>
        new(new Problem($"urn:mplug:{type}", title, status, detail, retryAfterMs));
}
