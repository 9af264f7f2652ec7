using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MplugCluster.Cli.Pictures;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cli.Tests;

/// <summary>A read key may not upload pictures, and does all that it may all the same. Every test has pictures of its own: those sent before are there.</summary>
public sealed class ReadKeyTests : IAsyncLifetime
{
    const string ReadKey = "0123456789abcdef-read", AdminKey = "0123456789abcdef-admin";

    readonly TemporaryFolder folder = new();
    WebApplication host = null!;
    string address = "";

    public async ValueTask InitializeAsync()
    {
        var options = new MplugOptions
        {
            Model = Repository.Scenes,
            Store = folder.File("store"),
            Device = new DeviceOptions { IntraOpThreads = 1 },
        };
        var gateway = new GatewayOptions { Url = "http://127.0.0.1:0", Keys = new KeyOptions { Read = ReadKey, Admin = AdminKey } };
        host = GatewayHost.Build(options, gateway, LogLevel.Error);
        await host.StartAsync();
        address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Questions_ReadKeyAndPicturesOfThisMachine_AnsweredWithoutUploads()
    {
        using var admin = new MplugClient(new Uri(address), AdminKey);
        await admin.CreateCorpus(new CorpusCreation("c"));
        await admin.Upsert("c", new ItemBatch([new ItemInput("p", PictureInput.OfData(await File.ReadAllBytesAsync(Picture(0))))]));
        await File.WriteAllLinesAsync(folder.File("pairs.jsonl"), [Pair(Picture(1)), Pair(Picture(2)), Pair(Picture(1)), Pair(Picture(3))]);

        var embedded = await Run("embed", Picture(4), Picture(5), "--text", "a star");
        var explained = await Run("explain", "--image", Picture(6), "--text", "a star", "--json");
        var scored = await Run("score", "--image", Picture(7), "--text", "a star", "--json");
        var pairs = await Run("score", "--pairs", folder.File("pairs.jsonl"), "--out", folder.File("out.jsonl"), "--json");
        var ranked = await Run("rank", "c", "--image", Picture(8), "--json");

        Assert.Equal((0, 3), (embedded.Code, embedded.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal((0, 2), (explained.Code, explained.Json.GetProperty("tokens").GetArrayLength()));
        Assert.Equal((0, ""), (scored.Code, scored.Error));
        Assert.Equal((4, 3), (pairs.Json.GetProperty("scored").GetInt32(), pairs.Json.GetProperty("images_encoded").GetInt32()));
        Assert.Equal((0, 1), (ranked.Code, ranked.Json.GetProperty("results").GetArrayLength()));
    }

    [Fact]
    public async Task Uploads_ReadKey_InsideOnlyWhereTheRequestAllowsIt()
    {
        using var client = new MplugClient(new Uri(address), ReadKey);

        var uploads = new PictureUploads(client, mayInline: true);
        var (first, second) = (await uploads.Upload(Picture(10), default), await uploads.Upload(Picture(11), default));
        var again = await uploads.Upload(Picture(10), default);
        var refused = await Assert.ThrowsAsync<MplugApiException>(() => new PictureUploads(client).Upload(Picture(10), default));

        Assert.Equal(await File.ReadAllBytesAsync(Picture(10)), first.Picture!.Data);
        Assert.NotNull(second.Picture!.Data);
        Assert.Same(first.Picture, again.Picture);
        Assert.Equal(403, refused.Problem.Status);
    }

    [Fact]
    public async Task Questions_MorePicturesThanOneRequestHolds_SeveralRequests()
    {
        // Pictures with zeros behind them: 60 MiB, which are 80 as base64; a server takes 64.
        string[] pictures = [folder.File("a.jpg"), folder.File("b.jpg"), folder.File("c.jpg")], others = [.. pictures.Select(path => path + ".jpg")];
        foreach (var (number, path) in pictures.Concat(others).Index())
        {
            File.Copy(Picture(12 + number), path);
            using var file = File.OpenWrite(path);
            file.SetLength(20 * 1024 * 1024);
        }

        await File.WriteAllLinesAsync(folder.File("pairs.jsonl"), pictures.Select(path => Pair(path)));

        var pairs = await Run("score", "--pairs", folder.File("pairs.jsonl"), "--out", folder.File("out.jsonl"), "--json");
        var embedded = await Run(["embed", .. others, "--out", folder.File("out.npy"), "--json"]);

        Assert.Equal((0, ""), (pairs.Code, pairs.Error));
        Assert.Equal((3, 0), (pairs.Json.GetProperty("scored").GetInt32(), pairs.Json.GetProperty("failed").GetInt32()));
        Assert.Equal((0, ""), (embedded.Code, embedded.Error));
        Assert.Equal((3, 3), (embedded.Json.GetProperty("embedded").GetInt32(), embedded.Json.GetProperty("images_encoded").GetInt32()));
    }

    [Fact]
    public async Task Rank_FolderWithAReadKey_SaysWhichKeyItNeeds()
    {
        var run = await Run("rank", Repository.Pictures, "--text", "a star");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("write", run.Error);
    }

    [Fact]
    public async Task Score_PictureLargerThanARequestHolds_SaysSo()
    {
        using (var large = File.Create(folder.File("large.png")))
            large.SetLength(PictureUploads.InlinePerRequest + 1);

        var run = await Run("score", "--image", folder.File("large.png"), "--text", "a star");

        Assert.Equal(1, run.Code);
        Assert.Contains(
            "too_large: 41943041 bytes, more than the 41943040 that a request holds; uploads are larger, but need a write key", run.Error);
    }

    static string Picture(int number) => Directory.GetFiles(Repository.Pictures).Order().ElementAt(number);

    static string Pair(string picture) => JsonSerializer.Serialize(new { image = picture, text = "a star" });

    Task<CommandRun> Run(params string[] args) => CommandRun.Of([.. args, "--server", address, "--token", ReadKey]);
}
