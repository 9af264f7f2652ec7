using System.Collections.Frozen;
using MplugCluster.Gateway.Api;
using MplugCluster.Silo.Health;

namespace MplugCluster.Gateway.OpenApi;

/// <summary>The operations of the API, by method and pattern of their routes.</summary>
static class ApiOperations
{
    const string Json = "application/json", Health = "Health";

    static readonly string[] Devices = ["model-mismatch", "overloaded", "unavailable", "timed-out"];
    static readonly string[] Pictures = ["picture-unusable", "picture-url-refused", "store-failed"];
    static readonly string[] Corpus = ["corpus-not-found", "store-failed", "unavailable", "timed-out"];
    static readonly string[] OfPicture = ["item-not-found", "picture-not-found", "picture-changed", "picture-unusable"];
    static readonly string[] Job = ["job-not-found", "store-failed", "unavailable"];
    static readonly string[] Submission =
        ["corpus-not-found", "model-mismatch", "convention-mismatch", "rerank-impossible", "job-too-long", "idempotency-key-reused", "source-refused", .. Pictures];

    /// <summary>All of them.</summary>
    public static FrozenDictionary<(string Method, string Pattern), ApiOperation> All { get; } = new Dictionary<(string, string), ApiOperation>
    {
        [("GET", "/livez")] = new("isLive", Health, "Whether the process answers, and a restart would not help it")
        {
            Answers = [(200, typeof(HealthAnswer), Json), (503, typeof(HealthAnswer), Json)],
        },
        [("GET", "/healthz")] = new("isHealthy", Health, "Whether the process answers"),
        [("GET", "/readyz")] = new("isReady", Health, "Whether work can be sent here: its devices answered their last canary inference and the store its last write")
        {
            Answers = [(200, typeof(HealthAnswer), Json), (503, typeof(HealthAnswer), Json)],
        },
        [("GET", "/v1/models")] = new("listModels", "Model", "The model that is served"),
        [("GET", "/v1/models/{model}")] = new("getModel", "Model", "The model that is served, by its name", "model-not-found"),
        [("POST", "/v1/image-text-retrieval")] = new(
            "scorePairs", "Model", "Score pictures with texts (ITM), in the shape of ModelScope's pipeline", [.. Devices, .. Pictures]),
        [("POST", "/v1/explain")] = new(
            "explain", "Model", "What each word of a text attends to in a picture", [.. Devices, .. Pictures, "corpus-not-found", "item-not-found", "convention-mismatch", "explanation-impossible"]),
        [("POST", "/v1/embeddings")] = new(
            "embed", "Model", "Embed texts and pictures, in OpenAI's shape", [.. Devices, .. Pictures, "model-not-found", "inputs-unusable"]),
        [("POST", "/v1/rerank")] = new(
            "rerank", "Model", "Order documents by a query, in the shape of Cohere and Jina", [.. Devices, .. Pictures, "model-not-found"]),
        [("POST", "/v2/rerank")] = new(
            "rerankV2", "Model", "The same as /v1/rerank, where Cohere's newer clients ask", [.. Devices, .. Pictures, "model-not-found"]),
        [("HEAD", "/v1/blobs/{sha256}")] = new("hasBlob", "Blobs", "Whether a picture has been uploaded", "blob-not-found", "store-failed")
        {
            Answers = [(200, null, "")],
        },
        [("PUT", "/v1/blobs/{sha256}")] = new("putBlob", "Blobs", "Upload a picture by its content", "hash-mismatch", "store-failed", "too-large", "too-slow")
        {
            Answers = [(201, null, ""), (200, null, "")],
        },
        [("POST", "/v1/corpora")] = new("createCorpus", "Corpora", "Make an empty corpus", [.. Corpus, "corpus-exists"])
        {
            Answers = [(201, typeof(CorpusInfo), Json)],
        },
        [("GET", "/v1/corpora")] = new("listCorpora", "Corpora", "A page of corpora, by name", "store-failed", "unavailable"),
        [("GET", "/v1/corpora/{name}")] = new("getCorpus", "Corpora", "A corpus", Corpus),
        [("POST", "/v1/corpora/{name}/adopt")] = new("adoptCorpus", "Corpora", "Let a corpus take over what another one holds", [.. Corpus, "model-mismatch"]),
        [("DELETE", "/v1/corpora/{name}")] = new("deleteCorpus", "Corpora", "Delete a corpus", Corpus) { Answers = [(204, null, "")] },
        [("POST", "/v1/corpora/{name}/items")] = new("putItems", "Corpora", "Add or replace items", [.. Corpus, "model-mismatch", "overloaded", "picture-url-refused"]),
        [("GET", "/v1/corpora/{name}/items")] = new("listItems", "Corpora", "A page of items, by id", Corpus),
        [("POST", "/v1/corpora/{name}/items/delete")] = new("deleteItems", "Corpora", "Remove items", Corpus),
        [("GET", "/v1/corpora/{name}/items/{id}/picture")] = new("getPicture", "Corpora", "An item's picture, as it was ingested", [.. Corpus, .. OfPicture])
        {
            Answers = [(200, typeof(byte[]), "image/jpeg"), (304, null, "")],
        },
        [("GET", "/v1/corpora/{name}/items/{id}/thumbnail")] = new("getThumbnail", "Corpora", "An item's picture, upright and small", [.. Corpus, .. OfPicture, "overloaded"])
        {
            Answers = [(200, typeof(byte[]), "image/jpeg"), (304, null, "")],
        },
        [("POST", "/v1/corpora/{name}/search")] = new(
            "search", "Corpora", "Search a corpus by a text or a picture",
            [.. Corpus, .. Devices, .. Pictures, "shards-missing", "convention-mismatch", "rerank-impossible"]),
        [("POST", "/v1/corpora/{name}/ingest")] = new("ingest", "Corpora", "Fill a corpus from a source, as a job; with dry_run, list what it would find", [.. Submission, .. Corpus])
        {
            Answers = [(201, typeof(JobInfo), Json), (200, typeof(JobInfo), Json)],
        },
        [("GET", "/v1/cluster")] = new("getCluster", "Cluster", "The silos, their devices, and what passes through them", "unavailable"),
        [("GET", "/v1/cache")] = new("getCache", "Cluster", "What is kept only to save time, with its limits; needs an admin key", "store-failed", "unavailable"),
        [("POST", "/v1/cache/clear")] = new(
            "clearCache", "Cluster", "Delete image features from the store; corpora, jobs and pictures stay; needs an admin key", "store-failed"),
        [("POST", "/v1/annotations")] = new(
            "readAnnotations",
            "Jobs",
            "What an annotation file, which is the body, holds: .json, .jsonl or .csv as its name says, and of a Karpathy file a split (test)",
            "annotations-unusable", "too-large", "too-slow", "overloaded"),
        [("POST", "/v1/jobs")] = new("submitJob", "Jobs", "Submit a job", Submission) { Answers = [(201, typeof(JobInfo), Json), (200, typeof(JobInfo), Json)] },
        [("POST", "/v1/jobs/plan")] = new("planJob", "Jobs", "What a job would take; starts nothing", Submission),
        [("GET", "/v1/jobs")] = new("listJobs", "Jobs", "A page of jobs, newest first", "store-failed", "unavailable"),
        [("GET", "/v1/jobs/{id}")] = new("getJob", "Jobs", "A job as it is now", Job),
        [("POST", "/v1/jobs/{id}/pause")] = new("pauseJob", "Jobs", "Let what is in flight end, and begin nothing new", [.. Job, "job-state"]),
        [("POST", "/v1/jobs/{id}/resume")] = new("resumeJob", "Jobs", "Go on after a pause", [.. Job, "job-state"]),
        [("POST", "/v1/jobs/{id}/cancel")] = new("cancelJob", "Jobs", "End a job for good; its results so far stay", [.. Job, "job-state"]),
        [("DELETE", "/v1/jobs/{id}")] = new("deleteJob", "Jobs", "Cancel a job if need be, and delete its files", [.. Job, "job-state"]) { Answers = [(204, null, "")] },
        [("GET", "/v1/jobs/{id}/events")] = new(
            "watchJob", "Jobs", "A job's progress as server-sent events: 'progress' with the job whenever it changes, 'end' with the job at last", Job)
        {
            Answers = [(200, typeof(string), "text/event-stream"), (204, null, "")],
        },
        [("GET", "/v1/jobs/{id}/results")] = new(
            "getResults", "Jobs", "The results that there are by now; the header x-mplug-complete says whether that is all", [.. Job, "format-impossible"])
        {
            Answers = [(200, typeof(string), "application/x-ndjson")],
        },
        [("GET", "/v1/jobs/{id}/errors")] = new("getJobErrors", "Jobs", "The items that failed by now, one JSON document a line", Job)
        {
            Answers = [(200, typeof(string), "application/x-ndjson")],
        },
    }.ToFrozenDictionary();
}
