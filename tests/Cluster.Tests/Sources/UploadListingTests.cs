using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Sources;

public sealed class UploadListingTests : IDisposable
{
    const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    readonly SourceFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task List_EveryKindOfItemInParts_AsTheClientHadIt()
    {
        using var metadata = JsonDocument.Parse("""{"lang":"de","tags":["x"]}""");

        var items = await List(
            [
                UploadListing.LineOf(new UploadedItem("a", Hash, "v1", "a cat: 'Üß'", Metadata: metadata.RootElement)),
                UploadListing.LineOf(new UploadedItem("b", Hash)),
            ],
            [
                UploadListing.LineOf(new UploadedItem("t", Text: "a dog")),
                UploadListing.LineOf(new UploadedItem("c", Error: "missing", Reason: "it has gone")),
                UploadListing.LineOf(new UploadedItem("d", Error: "unreadable", Reason: "it is closed", HidesMore: true)),
            ]);

        Assert.Equal(
            [
                new SourceItem("a", SourceOutcome.Picture, new PictureReference(BlobPath.Of(Hash), Hash, Version: "v1"), "a cat: 'Üß'", """{"lang":"de","tags":["x"]}"""),
                new SourceItem("b", SourceOutcome.Picture, new PictureReference(BlobPath.Of(Hash), Hash)),
                new SourceItem("t", SourceOutcome.Text, Text: "a dog"),
                SourceItem.Rejected("c", "missing", "it has gone"),
                SourceItem.Rejected("d", "unreadable", "it is closed", hidesMore: true),
            ],
            items);
    }

    [Theory]
    [InlineData("""{"id":"a"}""", "it needs either a 'blob' or a 'text'.")]
    [InlineData("""{"id":"a","blob":"x"}""", "'x' is not the SHA-256 of a blob, 64 lower-case hex digits.")]
    [InlineData("""{"id":"a","text":"t","caption":"c"}""", "a text has no 'caption'.")]
    [InlineData("""{"id":"a","text":"t","metadata":[1]}""", "'metadata' is not a JSON object.")]
    public async Task List_ItemThatIsNone_RejectedUnderItsId(string line, string reason)
    {
        var item = Assert.Single(await List([Encoding.UTF8.GetBytes(line)]));

        Assert.Equal(("a", "invalid", false), (item.Id, item.Error!.Code, item.HidesMore));
        Assert.EndsWith($":1 of the listing: {reason}", item.Error.Reason);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"id":"a","text":"t","colour":"red"}""")]
    [InlineData("""{"id":"a","id":"b","text":"t"}""")]
    public async Task List_LineThatCannotBeRead_HidesWhatItMeant(string line)
    {
        var items = await List([UploadListing.LineOf(new UploadedItem("t", Text: "a dog")), Encoding.UTF8.GetBytes(line)]);

        Assert.Equal(2, items.Length);
        Assert.Equal(("invalid", true), (items[1].Error!.Code, items[1].HidesMore));
        Assert.Contains(":2 of the listing cannot be read: ", items[1].Error!.Reason);
    }

    [Fact]
    public async Task List_SameIdTwice_TheFirstCounts()
    {
        var items = await List([UploadListing.LineOf(new UploadedItem("t", Text: "a dog")), UploadListing.LineOf(new UploadedItem("t", Text: "a cat"))]);

        Assert.Equal([null, "duplicate_id"], items.Select(item => item.Error?.Code));
    }

    [Fact]
    public async Task List_NothingInIt_NoItems() => Assert.Empty(await List());

    [Fact]
    public async Task List_BlobsThatAreNotThere_SaysWhich()
    {
        var missing = await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Upload, Hash, "upload:x"));
        var index = await Put(UploadListing.IndexOf([Hash]));
        var part = await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Upload, index, "upload:x"));

        Assert.Equal($"The listing's index '{Hash}' is no uploaded blob; upload it and ingest again.", missing.Message);
        Assert.Equal($"The listing's part '{Hash}' is no uploaded blob; upload it and ingest again.", part.Message);
    }

    [Fact]
    public async Task List_PathOfSomethingElseInTheStore_IsNotRead()
    {
        await folder.Store.Write("jobs/secret", "{}"u8.ToArray(), WriteCondition.None);

        await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Upload, "jobs/secret", "upload:x"));
        Assert.Null(await folder.Catalog.Open("upload:x").Head("jobs/secret"));
        Assert.Throws<SourceException>(() => folder.Catalog.Open("upload:x").List(""));
    }

    async Task<SourceItem[]> List(params byte[][][] parts)
    {
        var hashes = new List<string>();
        foreach (var part in parts)
            hashes.Add(await Put([.. part.SelectMany(line => line)]));
        return await folder.List(SourceKind.Upload, await Put(UploadListing.IndexOf(hashes)), "upload:x");
    }

    async Task<string> Put(byte[] blob)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(blob));
        await folder.Store.Write(BlobPath.Of(hash), blob, WriteCondition.None);
        return hash;
    }
}
