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
    [InlineData("""{"id":"a","text":""}""", "it needs either a 'blob' or a 'text'.")]
    [InlineData("""{"id":"a","text":"t","metadata":{"b":"\ud800"}}""", MetadataText.Fault)]
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
    public async Task List_BlobThatIsNoIndex_SaysSoAndShowsNothingOfIt()
    {
        var secret = await Put("someone's caption\n"u8.ToArray());
        var error = await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Upload, secret, "upload:x"));
        var part = await Put(UploadListing.LineOf(new UploadedItem("t", Text: "a dog")));
        var twice = await Put(UploadListing.IndexOf([part, part]));
        var repeated = await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Upload, twice, "upload:x"));

        Assert.Equal($"The blob '{secret}' is no listing's index: each of its lines must be the SHA-256 of a part, 64 lower-case hex digits.", error.Message);
        Assert.Equal($"The listing's index '{twice}' names a part twice.", repeated.Message);
        Assert.Single(await folder.List(SourceKind.Upload, await Put(Encoding.ASCII.GetBytes(part + "\r\n")), "upload:x"));
    }

    [Fact]
    public async Task List_MetadataWithANameTwice_AsItIs()
    {
        const string Odd = """{"a":1,"a":2}""";

        var item = Assert.Single(await List([Encoding.UTF8.GetBytes("{\"id\":\"t\",\"text\":\"x\",\"metadata\":" + Odd + "}")]));

        Assert.Equal(Odd, item.Metadata);
    }

    [Fact]
    public async Task List_UnusableItemsOfTheSource_ListedAllTheSameButOnce()
    {
        var line = UploadListing.LineOf(new UploadedItem("a", Error: "too_large", Reason: "9 GB", IsListed: true));

        var items = await List([line, line]);

        Assert.Equal([("too_large", true), ("duplicate_id", false)], items.Select(item => (item.Error!.Code, item.IsListed)));
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
