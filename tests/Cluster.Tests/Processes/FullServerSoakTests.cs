using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using MplugCluster.Cluster.Tests.Http;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>A minute of more clients than the server takes.</summary>
[Collection(SoakTests.Collection)]
public sealed class FullServerSoakTests
{
    const int Clients = 64, Admitted = 16;

    /// <summary>Work of one request, of which the device does a few within the time that each has.</summary>
    const int TextsEach = 256, BudgetMs = 1500;

    /// <summary>Answers after which memory rises no more (seen: 15,000).</summary>
    const int WarmAnswers = 20_000;
    const double Growth = 1.10;

    static readonly TimeSpan First = TimeSpan.FromSeconds(15), Last = TimeSpan.FromSeconds(60);
    static readonly TimeSpan WarmLimit = TimeSpan.FromMinutes(4);
    static readonly TimeSpan Window = TimeSpan.FromSeconds(5), Sample = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(20);

    [SoakFact]
    public async Task Clients_MoreWorkThanTheDeviceDoesInTime_OnlyAnswersAndRefusals()
    {
        using var store = new TemporaryFolder();
        var url = $"http://127.0.0.1:{ServerProcess.FreePort()}";
        using var gateway = ServerProcess.Start(
            "Gateway", $"Model={Repository.Scenes}", $"Store={store.Path}", "Device:IntraOpThreads=1", $"Gateway:Url={url}");
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Clients }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(5) };
        await gateway.Until(async () => (await http.GetAsync("/readyz")).StatusCode == HttpStatusCode.OK);
        string[] texts = [.. Enumerable.Range(0, TextsEach).Select(i => $"a red circle and {i} stars")];
        Assert.Equal(HttpStatusCode.OK, (await Ask(0, 60_000)).Status);
        var answers = new ConcurrentDictionary<(HttpStatusCode Status, string Problem), int>();
        using var end = new CancellationTokenSource(First);

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async number =>
        {
            while (!end.IsCancellationRequested)
                answers.AddOrUpdate(await Ask(number, BudgetMs), 1, (_, count) => count + 1);
        }));

        Assert.True(answers.Keys.All(answer => answer.Status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests), string.Join('\n', answers));
        Assert.Contains(answers.Keys, answer => answer.Status == HttpStatusCode.TooManyRequests);

        async Task<(HttpStatusCode Status, string Problem)> Ask(int number, int budgetMs)
        {
            var image = Convert.ToBase64String(HttpFixture.Picture(number % 20));
            using var response = await http.PostAsJsonAsync("/v1/image-text-retrieval", new { image, text = texts, budget_ms = budgetMs });
            return (response.StatusCode, response.IsSuccessStatusCode ? "" : (await response.Content.ReadFromJsonAsync<Problem>(ApiJson.Options))!.Type);
        }
    }

    [SoakFact]
    public async Task Clients_MoreThanTheServerTakes_OnlyAnswersAndRefusalsAndMemoryFlat()
    {
        using var store = new TemporaryFolder();
        var url = $"http://127.0.0.1:{ServerProcess.FreePort()}";
        using var gateway = ServerProcess.Start(
            "Gateway", $"Model={Repository.Scenes}", $"Store={store.Path}", "Device:IntraOpThreads=1", $"Cache:MemoryBytes={16 * 1024 * 1024}",
            $"Gateway:Url={url}", $"Gateway:MaxRequests={Admitted}");
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Clients }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(5) };
        await gateway.Until(async () => (await http.GetAsync("/readyz")).StatusCode == HttpStatusCode.OK);
        string[] pictures = [.. Enumerable.Range(0, 20).Select(i => Convert.ToBase64String(HttpFixture.Picture(i)))];
        var statuses = new ConcurrentDictionary<HttpStatusCode, int>();

        using var end = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(number => Client(number)).ToArray();
        await Warm();
        var clock = Stopwatch.StartNew();
        var early = (await RssUntil(First)).Max();
        await Task.Delay(Last - Window - clock.Elapsed);
        var late = (await RssUntil(Last)).Min();
        await end.CancelAsync();
        await Task.WhenAll(clients);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], statuses.Keys.Order());
        Assert.True(late <= early * Growth, $"RSS was {early} kB after {First.TotalSeconds} s and {late} kB after {Last.TotalSeconds} s.");

        // The minute begins when caches and heap have the size that this work gives them, however slow the machine is.
        async Task Warm()
        {
            using var limit = new CancellationTokenSource(WarmLimit);
            while (statuses.GetValueOrDefault(HttpStatusCode.OK) < WarmAnswers)
                await Task.Delay(Sample, limit.Token);
        }

        // The collector lets memory rise and fall: a leak is what does not fall again.
        async Task<List<long>> RssUntil(TimeSpan until)
        {
            var seen = new List<long>();
            for (var wait = until - Window - clock.Elapsed; clock.Elapsed < until; wait = Sample)
            {
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
                seen.Add(Rss(gateway.ProcessId));
            }

            return seen;
        }

        async Task Client(int number)
        {
            var random = new Random(number);
            while (!end.IsCancellationRequested)
            {
                var text = $"a red circle and {random.Next(100_000)} stars";
                var picture = pictures[random.Next(pictures.Length)];
                using var response = random.Next(3) switch
                {
                    0 => await http.PostAsJsonAsync("/v1/embeddings", new { input = new[] { text, text + "!" } }),
                    1 => await http.PostAsJsonAsync("/v1/image-text-retrieval", new { image = picture, text = new[] { text, "a star" } }),
                    _ => await http.PostAsJsonAsync("/v1/rerank", new { query = text, documents = new object[] { new { image = picture }, "a star" } }),
                };
                statuses.AddOrUpdate(response.StatusCode, 1, (_, count) => count + 1);
                if (response.StatusCode == HttpStatusCode.TooManyRequests)
                    await Task.Delay(PauseAfterRefusal);
            }
        }
    }

    static long Rss(int process) => long.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
