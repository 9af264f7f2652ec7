using System.Text.Json;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs.Ingesting;

/// <summary>A folder, a corpus, and ingest jobs that fill the one from the other again and again.</summary>
sealed class IngestRuns : IDisposable
{
    public const string Corpus = "c";

    readonly TemporaryFolder folder = new();
    readonly Dictionary<string, string> contents = new(StringComparer.Ordinal);
    int writes;
    int jobs;

    public IngestRuns()
    {
        Root = Directory.CreateDirectory(folder.File("root")).FullName;
        Store = new DirectoryObjectStore(folder.File("store"));
    }

    public string Root { get; }

    public string Outside => folder.Path;

    public IObjectStore Store { get; }

    /// <summary>The last job's rows: <c>id outcome</c>, and whose duplicate it is.</summary>
    public string[] Rows { get; private set; } = [];

    /// <summary>The last job's error report.</summary>
    public ErrorLine[] Errors { get; private set; } = [];

    /// <summary>The corpus's pictures after the last job: <c>id=content</c>.</summary>
    public string[] Items { get; private set; } = [];

    /// <summary>What the last job's time went to.</summary>
    public WorkTimes Times { get; private set; } = new();

    /// <summary>Called with each process before it runs a job.</summary>
    public Action<JobProcess> OnProcess { get; set; } = _ => { };

    /// <summary>Writes a file below the root, with a time that no other has.</summary>
    public void Write(string path, string content)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(++writes));
        contents[Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))] = content;
    }

    /// <summary>Uploads a listing and its pictures; one without content is a folder that the client could not read, "!too large" a picture that it could not send.</summary>
    public async Task<string> Upload(params (string Id, string? Content)[] items)
    {
        var lines = new List<byte>();
        foreach (var (id, content) in items)
        {
            lines.AddRange(UploadListing.LineOf(content is null
                ? new UploadedItem(id, Error: "unreadable", Reason: "It is closed.", HidesMore: true)
                : content == "!too large" ? new UploadedItem(id, Error: "too_large", Reason: "It is too large.", IsListed: true)
                : new UploadedItem(id, await Put(System.Text.Encoding.UTF8.GetBytes(content)))));
            if (content is not null)
                contents[await Put(System.Text.Encoding.UTF8.GetBytes(content))] = content;
        }

        return await Put(UploadListing.IndexOf([await Put([.. lines])]));

        async Task<string> Put(byte[] blob)
        {
            var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(blob));
            await Store.Write(BlobPath.Of(hash), blob, WriteCondition.None);
            return hash;
        }
    }

    /// <summary>Renames a file; its time stays.</summary>
    public void Move(string from, string to) => File.Move(Path.Combine(Root, from), Path.Combine(Root, to));

    public void Delete(string path) => File.Delete(Path.Combine(Root, path));

    /// <summary>Changes the corpus by hand.</summary>
    public async Task<T> With<T>(Func<CorpusLedger, Task<T>> act)
    {
        using var process = new JobProcess(Store, Root, "a");
        return await act(await process.Corpora.Ledger(Corpus));
    }

    /// <summary>Runs an ingest to its end, which must be a good one.</summary>
    public async Task Ingest(int itemsPerBlock = 2, bool deleteMissing = true, SourceSpec? source = null)
    {
        using var process = new JobProcess(Store, Root, "a");
        OnProcess(process);
        var ledger = await process.Corpora.Ledger(Corpus);
        var plan = new JobPlan
        {
            Id = $"job{++jobs}",
            Kind = JobKind.Ingest,
            Submitted = DateTimeOffset.UnixEpoch,
            Fingerprint = FakeModel.Fingerprint,
            Convention = "ms25",
            Corpus = Corpus,
            CorpusId = ledger.Manifest.Id,
            Shards = 1,
            ItemsPerBlock = itemsPerBlock,
            PairsPerPart = 6,
            PicturesPerPart = 2,
            Ingest = new IngestPlan(source ?? new SourceSpec(SourceKind.Folder, $"folder:{Root}"), deleteMissing),
        };
        await Store.Write(JobPaths.IndexOf(plan.Id), JobJson.ToBytes(plan.Kind), WriteCondition.None);
        await Store.Write(JobPaths.PlanOf(plan.Id), JobJson.ToBytes(plan), WriteCondition.IfAbsent);

        Assert.Equal(JobStatus.Done, await process.Run(plan));

        Times = process.Times;
        Rows = [.. (await Read<JsonElement>(plan.Id, "rows")).Select(RowOf)];
        Errors = [.. await Read<ErrorLine>(plan.Id, "errors")];
        Items = [.. ledger.After(null, 10_000).Select(item => $"{item.Id}={(item.Picture is { } picture ? contents.GetValueOrDefault(picture.ContentHash) : item.Text)}")];
    }

    public void Dispose() => folder.Dispose();

    static string RowOf(JsonElement row) =>
        $"{row.GetProperty("id")} {row.GetProperty("outcome")}{(row.TryGetProperty("duplicate_of", out var owner) ? $" of {owner}" : "")}";

    async Task<List<T>> Read<T>(string job, string what)
    {
        var lines = new List<T>();
        await foreach (var file in Store.List($"jobs/{job}/{what}"))
            lines.AddRange(JsonLines.Read<T>((await Store.Read(file.Path))!.Content));
        return lines;
    }
}
