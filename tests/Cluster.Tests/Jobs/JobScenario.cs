using System.Text;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>
/// A small job of each kind over a folder of pictures, one of them damaged and two of them the same, and a corpus that an earlier state of the
/// folder has filled. Everything is cut so small that a job has several blocks, and a block several parts.
/// </summary>
sealed class JobScenario : IDisposable
{
    public const string Corpus = "c";

    readonly TemporaryFolder folder = new();

    readonly int captions;
    readonly AzureAccount account;

    JobScenario(JobKind kind, int captions, ContainerAddress? container, AzureAccount account)
    {
        (Kind, Root, this.captions, this.account) = (kind, Directory.CreateDirectory(folder.File("pictures")).FullName, captions, account);
        Container = container;
        Source = container is null ? $"folder:{Root}" : $"azure:{container.Container}";
    }

    public JobKind Kind { get; }

    /// <summary>The folder of pictures.</summary>
    public string Root { get; }

    /// <summary>The container that has the pictures instead of the folder.</summary>
    ContainerAddress? Container { get; }

    /// <summary>Address of the folder or container that jobs read the pictures from.</summary>
    public string Source { get; }

    public JobPlan Plan { get; private set; } = null!;

    /// <summary>Makes the folder, the corpus and the submitted job, in a store that trials copy.</summary>
    /// <param name="kind">The job's kind.</param>
    /// <param name="captions">Captions of each picture of an evaluation.</param>
    /// <param name="container">A container for the pictures; null: the folder has them.</param>
    /// <param name="account">The container's account.</param>
    public static async Task<JobScenario> Make(JobKind kind, int captions = 2, ContainerAddress? container = null, AzureAccount? account = null)
    {
        var scenario = new JobScenario(kind, captions, container, account ?? new AzureAccount());
        foreach (var i in Enumerable.Range(0, 11))
            File.WriteAllText(Path.Combine(scenario.Root, $"{i:00}.png"), i == 5 ? "!damaged" : i == 8 ? "picture 2" : $"picture {i}");
        foreach (var file in container is null ? [] : Directory.GetFiles(scenario.Root))
            await scenario.ChangeSource(Path.GetFileName(file), File.ReadAllText(file));
        var store = new DirectoryObjectStore(scenario.folder.File("first"));
        await scenario.FillCorpus(store);
        await scenario.Submit(store);
        return scenario;
    }

    /// <summary>A store of its own for a trial, as it is when the job has just been submitted.</summary>
    public DirectoryObjectStore NewStore(string name)
    {
        var (from, to) = (folder.File("first"), folder.File(name));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return new DirectoryObjectStore(to);
    }

    public JobProcess Start(IObjectStore store, params string[] silos) => new(
        store, new SourceCatalog(store, new SourceSettings([Root], Container is null ? [] : [Container.Container]), account), silos.Length == 0 ? ["a", "b"] : silos);

    /// <summary>Changes a picture where jobs read it, or takes it away.</summary>
    public async Task ChangeSource(string name, string? content)
    {
        if (Container is not null)
        {
            var blobs = AzureObjectStore.OpenStore(account, Container);
            await (content is null ? (Task)blobs.Delete(name) : blobs.Write(name, Encoding.UTF8.GetBytes(content), WriteCondition.None));
        }
        else if (content is null)
        {
            File.Delete(Path.Combine(Root, name));
        }
        else
        {
            File.WriteAllText(Path.Combine(Root, name), content);
        }
    }

    /// <summary>Everything that a job leaves to be read: its rows, its errors, and for an ingest the corpus's items.</summary>
    public async Task<string> Outcome(IObjectStore store)
    {
        var text = new StringBuilder();
        foreach (var under in new[] { "rows", "errors" })
        {
            await foreach (var file in store.List($"jobs/{Plan.Id}/{under}"))
                text.Append(file.Path).Append('\n').Append(Encoding.UTF8.GetString((await store.Read(file.Path))!.Content));
        }

        using var process = Start(store, "reader");
        var ledger = await process.Corpora.Ledger(Corpus);
        text.AppendJoin('\n', ledger.After(null, 1000));
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n{ledger.Description.Pictures} pictures, {ledger.Description.Texts} texts");
        return text.ToString();
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The folder as it was: one picture more, one not yet changed, one not yet there.</summary>
    async Task FillCorpus(IObjectStore store)
    {
        using var process = Start(store, "first");
        var ledger = await process.Corpora.Ledger(Corpus);
        var origin = $"{(Container is null ? SourceKind.Folder : SourceKind.Container)} {Source}";
        CorpusItem[] items = [.. new[] { "00.png", "01.png", "02.png", "03.png", "gone.png" }.Select(name => Item(name, origin))];
        await ledger.Change(new Segment(items, [.. items.SelectMany(item => FakeModel.ImageEmbedding(Content(item.Id)))]), [], default);
        CorpusItem[] texts = [.. Enumerable.Range(0, 5).Select(i => new CorpusItem($"t{i}", ItemKind.Text, null, $"text number {i}"))];
        await ledger.Change(new Segment(texts, [.. texts.SelectMany(item => FakeModel.TextEmbedding(item.Text!))]), [], default);
    }

    CorpusItem Item(string name, string origin)
    {
        var file = new FileInfo(Path.Combine(Root, name));
        var version = name == "03.png" || !file.Exists ? "older" : FormattableString.Invariant($"{file.Length}-{file.LastWriteTimeUtc.Ticks}");
        var picture = new PictureReference(name, Hash(Content(name)), 0, -1, Source, version);
        return new CorpusItem(name, ItemKind.Picture, picture, null, version, null, origin);
    }

    byte[] Content(string name) => name switch
    {
        "gone.png" when Kind == JobKind.Ingest => File.ReadAllBytes(Path.Combine(Root, "09.png")), // It has got another name.
        "gone.png" => Encoding.UTF8.GetBytes("a picture that has gone"),
        "03.png" => Encoding.UTF8.GetBytes("what it was"),
        _ => File.ReadAllBytes(Path.Combine(Root, name)),
    };

    async Task Submit(IObjectStore store)
    {
        var manifest = (await CorpusManifest.Read(store, Corpus, default))!.Value.Manifest;
        Plan = new JobPlan
        {
            Id = "job",
            Kind = Kind,
            Submitted = DateTimeOffset.UnixEpoch,
            Fingerprint = FakeModel.Fingerprint,
            Convention = "ms25",
            Corpus = Kind is JobKind.Rank or JobKind.Ingest ? Corpus : null,
            CorpusId = manifest.Id,
            CorpusVersion = manifest.Version,
            Shards = 1,
            ItemsPerBlock = 4,
            PairsPerPart = 6,
            PicturesPerPart = 2,
            Rank = Kind == JobKind.Rank ? new RankPlan(3, 4, "picture", "text", null) : null,
            Score = Kind == JobKind.Score ? new ScorePlan(null) : null,
            Evaluate = Kind == JobKind.Evaluate ? new EvaluatePlan(3, 50) : null,
            Ingest = Kind == JobKind.Ingest ? new IngestPlan(new SourceSpec(Container is null ? SourceKind.Folder : SourceKind.Container, Source), DeleteMissing: true) : null,
        };
        if (Kind == JobKind.Rank)
            await store.Write(JobPaths.PinOf(Corpus, Plan.Id), manifest.ToBytes(), WriteCondition.None);
        if (Input() is { } items)
            Plan = Plan with { InputHash = await new JobInputWriter(store, Plan.Id, Plan.ItemsPerBlock).Write(items, default) };
        await store.Write(JobPaths.IndexOf(Plan.Id), JobJson.ToBytes(Kind), WriteCondition.None);
        await store.Write(JobPaths.PlanOf(Plan.Id), JobJson.ToBytes(Plan), WriteCondition.IfAbsent);
    }

    JobInputItems? Input()
    {
        PictureReference[] pictures = [.. Enumerable.Range(0, 11).Select(i => new PictureReference($"{i:00}.png", "", Source: Source))];
        return Kind switch
        {
            JobKind.Rank => new JobInputItems { Queries = [.. Enumerable.Range(0, 7).Select(i => new JobQuery($"q{i}", $"query number {i % 6}"))] },
            JobKind.Score => new JobInputItems
            {
                Pairs = [.. Enumerable.Range(0, 14).Select(i => new JobPair($"p{i}", pictures[i * 5 % 11].Path, pictures[i * 5 % 11], $"text {i % 4}"))],
            },
            JobKind.Evaluate => new JobInputItems
            {
                Annotations = [.. pictures.Select((picture, i) => new AnnotatedPicture(
                    picture.Path, picture, [.. Enumerable.Range(0, captions).Select(caption => $"caption {caption} of {i}")]))],
            },
            _ => null,
        };
    }

    static string Hash(byte[] content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
}
