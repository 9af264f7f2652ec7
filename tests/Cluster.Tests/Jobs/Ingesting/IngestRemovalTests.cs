using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Sources;

namespace MplugCluster.Cluster.Tests.Jobs.Ingesting;

/// <summary>What an ingest may remove, and what it must leave alone.</summary>
public sealed class IngestRemovalTests : IDisposable
{
    readonly IngestRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Ingest_IdAgainLater_TheFirstStays(int itemsPerBlock)
    {
        runs.Write("a.png", "1");
        runs.Write("b.png", "2");
        runs.Write("m.jsonl", """
            {"id": "i", "path": "a.png"}
            {"id": "j", "path": "b.png"}
            {"id": "i", "path": "b.png"}
            {"id": "j", "path": "none.png"}
            """);

        await runs.Ingest(itemsPerBlock, source: Manifest());

        Assert.Equal(["i=1", "j=2"], runs.Items);
        Assert.Equal(["i added", "j added", "i failed", "j failed"], runs.Rows);
        Assert.Equal(["i duplicate_id", "j missing"], runs.Errors.Select(error => $"{error.Item} {error.Code}"));
    }

    [Fact]
    public async Task Ingest_LineOfWhatIsMissing_LeavesTheItem()
    {
        runs.Write("a.png", "1");
        runs.Write("b.png", "2");
        runs.Write("m.jsonl", """
            {"path": "a.png"}
            {"path": "b.png"}
            """);
        await runs.Ingest(source: Manifest());
        runs.Delete("a.png");

        await runs.Ingest(source: Manifest());

        Assert.Equal(["a.png failed", "b.png unchanged"], runs.Rows);
        Assert.Equal(["a.png=1", "b.png=2"], runs.Items);
    }

    [Fact]
    public async Task Ingest_ListedButUnusableWhenRead_IsRemoved()
    {
        runs.Write("a.png", "1");
        runs.Write("b.png", "2");
        await runs.Ingest();
        runs.Write("a.png", "!damaged");

        await runs.Ingest(deleteMissing: false);

        Assert.Equal(["a.png failed", "b.png unchanged"], runs.Rows);
        Assert.Equal(["b.png=2"], runs.Items);
    }

    [Fact]
    public async Task Ingest_FolderCannotBeRead_NothingIsRemovedAndTheReportSaysWhy()
    {
        runs.Write("a.png", "1");
        runs.Write("sub/b.png", "2");
        await runs.Ingest();
        Directory.Delete(Path.Combine(runs.Root, "sub"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(runs.Root, "sub"), runs.Outside);

        await runs.Ingest();

        Assert.Equal(["a.png unchanged", "sub failed"], runs.Rows);
        Assert.Equal(["a.png=1", "sub/b.png=2"], runs.Items);
        Assert.Equal(["unreadable", "not_removed"], runs.Errors.Select(error => error.Code));
        Assert.Equal($"folder:{runs.Root}", runs.Errors[1].Item);
        Assert.Equal(
            "1 item of this source was not listed. Nothing was removed, because what is in 'sub' is not known. "
            + "'sub' cannot be read: it is a link that leads out of the folders that may be read. Mend that and ingest again.",
            runs.Errors[1].Reason);

        Directory.Delete(Path.Combine(runs.Root, "sub"));
        await runs.Ingest();

        Assert.Equal(["a.png unchanged", "sub/b.png removed"], runs.Rows);
        Assert.Empty(runs.Errors);
    }

    [Fact]
    public async Task Ingest_RenamedWhileAFolderCannotBeRead_ThePictureStaysUnderItsOldName()
    {
        runs.Write("a.png", "1");
        await runs.Ingest();
        runs.Move("a.png", "b.png");
        Directory.CreateSymbolicLink(Path.Combine(runs.Root, "sub"), runs.Outside);

        await runs.Ingest();

        Assert.Equal(["a.png=1"], runs.Items);
    }

    [Fact]
    public async Task Ingest_OnePictureCannotBeRead_TheMissingAreRemoved()
    {
        runs.Write("a.png", "1");
        runs.Write("b.png", "2");
        await runs.Ingest();
        runs.Delete("b.png");
        File.CreateSymbolicLink(Path.Combine(runs.Root, "c.png"), "nowhere");

        await runs.Ingest();

        Assert.Equal(["a.png unchanged", "c.png failed", "b.png removed"], runs.Rows);
    }

    [Fact]
    public async Task Ingest_EmptyFolder_NothingIsRemovedAndTheReportSaysWhy()
    {
        runs.Write("a.png", "1");
        runs.Write("b.png", "2");
        await runs.Ingest();
        runs.Delete("a.png");
        runs.Delete("b.png");

        await runs.Ingest();

        Assert.Equal(["a.png=1", "b.png=2"], runs.Items);
        Assert.Empty(runs.Rows);
        Assert.Equal(
            "2 items of this source were not listed. Nothing was removed, because the source lists no item at all, as a folder does that is not "
            + "mounted. Check the source; an empty one's items can be removed by their ids.",
            Assert.Single(runs.Errors).Reason);
    }

    [Fact]
    public async Task Ingest_LineCannotBeRead_NothingIsRemoved()
    {
        runs.Write("a.png", "1");
        runs.Write("b.png", "2");
        runs.Write("m.jsonl", """
            {"path": "a.png"}
            {"path": "b.png"}
            """);
        await runs.Ingest(source: Manifest());
        runs.Write("m.jsonl", """
            {"path": "a.png"}
            {"path": "b.png"
            """);

        await runs.Ingest(source: Manifest());

        Assert.Equal(["a.png=1", "b.png=2"], runs.Items);
        Assert.Equal(["m.jsonl:2 invalid", "m.jsonl not_removed"], runs.Errors.Select(error => $"{error.Item} {error.Code}"));
    }

    [Fact]
    public async Task Ingest_ManyAreMissing_RemovedInSeveralSteps()
    {
        runs.Write("a.png", "1");
        CorpusItem[] gone = [.. Enumerable.Range(0, 4100).Select(i => new CorpusItem($"{i:0000}", ItemKind.Text, null, "t", Origin: $"Folder folder:{runs.Root}"))];
        await runs.With(ledger => ledger.Change(new Segment(gone, [.. gone.SelectMany(_ => FakeModel.TextEmbedding("t"))]), [], default));

        await runs.Ingest();

        Assert.Equal(["a.png=1"], runs.Items);
        Assert.Equal(4101, runs.Rows.Length);
        Assert.Equal(4, await runs.With(ledger => Task.FromResult(ledger.Manifest.Blocks!["job1"])));
    }

    [Fact]
    public async Task Ingest_LaterUploadsOfOneSource_WhatTheyLackIsRemovedAndNothingElse()
    {
        await runs.Ingest(source: new SourceSpec(SourceKind.Upload, "upload:other", await runs.Upload(("c", "3"))));
        await runs.Ingest(source: new SourceSpec(SourceKind.Upload, "upload:mine", await runs.Upload(("a", "1"), ("b", "2"), ("copy", "1"))));

        Assert.Equal(["a added", "b added", "copy duplicate of a"], runs.Rows);

        await runs.Ingest(source: new SourceSpec(SourceKind.Upload, "upload:mine", await runs.Upload(("a", "1"), ("d", "4"))));

        Assert.Equal(["a unchanged", "d added", "b removed"], runs.Rows);
        Assert.Equal(["a=1", "c=3", "d=4"], runs.Items);
    }

    [Fact]
    public async Task Ingest_UploadThatCouldNotBeListedWhole_NothingIsRemovedAndTheReportNamesTheSource()
    {
        await runs.Ingest(source: new SourceSpec(SourceKind.Upload, "upload:mine", await runs.Upload(("a", "1"), ("sub/b", "2"))));

        await runs.Ingest(source: new SourceSpec(SourceKind.Upload, "upload:mine", await runs.Upload(("a", "1"), ("sub", null))));

        Assert.Equal(["a=1", "sub/b=2"], runs.Items);
        Assert.Equal(["sub unreadable", "upload:mine not_removed"], runs.Errors.Select(error => $"{error.Item} {error.Code}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Ingest_UploadedItemThatBecameUnusable_IsRemoved(int itemsPerBlock)
    {
        await runs.Ingest(itemsPerBlock, source: new SourceSpec(SourceKind.Upload, "upload:mine", await runs.Upload(("a", "1"), ("b", "2"))));

        await runs.Ingest(itemsPerBlock, deleteMissing: false, source: new SourceSpec(SourceKind.Upload, "upload:mine", await runs.Upload(("a", "!too large"), ("b", "2"))));

        Assert.Equal(["a failed", "b unchanged"], runs.Rows);
        Assert.Equal(["b=2"], runs.Items);
    }

    SourceSpec Manifest() => new(SourceKind.Jsonl, $"folder:{runs.Root}", "m.jsonl");
}
