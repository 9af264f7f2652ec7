namespace MplugCluster.Grains.Jobs;

/// <summary>Where a job's files lie.</summary>
static class JobPaths
{
    /// <summary>One small object for each job there is: what listing jobs reads.</summary>
    public const string Index = "job-index";

    /// <summary>One small object for each job that has not ended: what the periodic scan reads.</summary>
    public const string Open = "job-open";

    public static string IndexOf(string job) => $"{Index}/{job}";

    public static string OpenOf(string job) => $"{Open}/{job}";

    /// <summary>Which job an idempotency key has made.</summary>
    public static string KeyOf(string keyHash) => $"job-keys/{keyHash}";

    public static string FolderOf(string job) => $"jobs/{job}";

    public static string PlanOf(string job) => $"{FolderOf(job)}/plan.json";

    /// <summary>Queries, pairs, annotations or listed objects of a block, as JSON lines.</summary>
    public static string InputOf(string job, InputSummary input, int block) => InputOf(job, input.Folder, block);

    public static string InputOf(string job, string folder, int block) => $"{InputFolderOf(job, folder)}/{block:000000}";

    public static string InputFolderOf(string job, string folder) => $"{FolderOf(job)}/input/{folder}";

    /// <summary>How a job was when it ended; of use only while the job is not open.</summary>
    public static string EndedOf(string job) => $"{FolderOf(job)}/ended.json";

    /// <summary>What reading the input came to; with it the job's number of blocks is known.</summary>
    /// <param name="job">The job.</param>
    /// <param name="hash">Hash of an input that was sent along; null for one that is read from a source.</param>
    public static string InputSummaryOf(string job, string? hash) => $"{FolderOf(job)}/input/{hash ?? "source"}-summary";

    /// <summary>Folder of the parts that are done, of blocks that have no rows yet.</summary>
    public static string PartsOf(string job) => $"{FolderOf(job)}/parts";

    /// <summary>Those of a block.</summary>
    public static string PartsOf(string job, int block) => $"{PartsOf(job)}/{block:000000}";

    /// <summary>Those of a block's stage.</summary>
    public static string StageOf(string job, int block, int stage) => $"{PartsOf(job, block)}/{stage}";

    public static string PartOf(string job, int block, int stage, int part) => $"{StageOf(job, block, stage)}/{part:000000}";

    /// <summary>Results of a block; the last thing that is written of it.</summary>
    public static string RowsOf(string job, int block) => $"{FolderOf(job)}/rows/{block:000000}.jsonl";

    /// <summary>Items of a block that failed.</summary>
    public static string ErrorsOf(string job, int block) => $"{FolderOf(job)}/errors/{block:000000}.jsonl";

    /// <summary>The manifest that the job searches: as long as it is there, its segments are kept.</summary>
    public static string PinOf(string corpus, string job) => $"pins/{corpus}/{job}";
}
