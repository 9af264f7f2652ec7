using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Gateway.Search;
using MplugCluster.Silo.Options;
using MplugCluster.Tests;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>
/// A search that is cached, in a corpus of the samples: through the pipeline, which calls the grains, and through the HTTP door before it. Alternated,
/// one call at a time.
/// </summary>
static class HttpSearchBenchmark
{
    const int Rounds = 30, WarmUpRounds = 5, CallsPerRound = 50, Candidates = 16;
    const string Corpus = "samples", Text = "a red circle above a blue square";

    public static async Task<int> Run(string package)
    {
        Console.WriteLine(Machine.Describe());
        var folder = Directory.CreateTempSubdirectory("mplug-http-search-");
        try
        {
            await Measure(package, folder.FullName);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task Measure(string package, string folder)
    {
        var options = new MplugOptions { Model = package, Store = folder, Device = new DeviceOptions { IntraOpThreads = 1 } };
        await using var host = GatewayHost.Build(options, new GatewayOptions { Url = "http://127.0.0.1:0", Token = "benchmark" }, LogLevel.Error);
        await host.StartAsync();
        var address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using var client = new MplugClient(address, "benchmark");
        await client.CreateCorpus(new CorpusCreation(Corpus));
        foreach (var batch in Directory.GetFiles(Repository.Pictures).Order(StringComparer.Ordinal).Chunk(50))
            await client.Upsert(Corpus, new ItemBatch([.. batch.Select(path => new ItemInput(Path.GetFileName(path), PictureInput.OfData(File.ReadAllBytes(path))))]));

        var pipeline = host.Services.GetRequiredService<SearchPipeline>();
        var (plain, reranked) = (new SearchRequest { Text = Text, Rerank = false }, new SearchRequest { Text = Text, Candidates = Candidates });
        (string Name, Func<Task<SearchResponse>> Call, Samples Ms)[] cases =
        [
            ("ITC only, the grains alone", () => pipeline.Search(Corpus, plain, new StageTimes(), default), new()),
            ("ITC only, over HTTP", () => client.Search(Corpus, plain), new()),
            ($"{Candidates} reranked, the grains alone", () => pipeline.Search(Corpus, reranked, new StageTimes(), default), new()),
            ($"{Candidates} reranked, over HTTP", () => client.Search(Corpus, reranked), new()),
        ];
        for (var round = -WarmUpRounds; round < Rounds; round++)
        {
            foreach (var (_, call, ms) in cases)
            {
                for (var i = 0; i < CallsPerRound; i++)
                {
                    var start = Stopwatch.GetTimestamp();
                    var answer = await call();
                    if (round >= 0)
                        ms.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    if (answer.Features.ImagesEncoded > 0 && round >= 0)
                        throw new InvalidOperationException("The search was not cached.");
                }
            }
        }

        Console.WriteLine($"{"search of 200 pictures, top 10, cached",-40} {"calls",6} {"p50",8} {"p95",8} {"HTTP adds",10}  ms; load at the end {Machine.Load()}");
        foreach (var (i, (name, _, ms)) in cases.Index())
        {
            var added = i % 2 == 1 ? (ms.Median - cases[i - 1].Ms.Median).ToString("0.000", CultureInfo.InvariantCulture) : "";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-40} {ms.Count,6} {ms.Median,8:0.000} {ms.P95,8:0.000} {added,10}"));
        }

        await host.StopAsync();
    }
}
