using System.Globalization;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>
/// Two device silos of one cluster against two processes that know nothing of each other, each of the four on one core of its own: a rank job of
/// all texts over all pictures, where nothing is cached. The two that work alone share the pictures, so that both sides encode as many pictures
/// and score as many pairs.
/// </summary>
static class ScalingBenchmark
{
    const int Rounds = 3;
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task<int> Run(string package, int pictures, int texts)
    {
        if (!File.Exists("/usr/bin/taskset") || Environment.ProcessorCount < 2)
        {
            Console.Error.WriteLine("This benchmark needs taskset and two cores.");
            return 1;
        }

        Console.WriteLine(Machine.Describe());
        Console.WriteLine($"{pictures} pictures, {texts} texts, {pictures * texts} pairs, {Path.GetFileName(Path.GetFullPath(package))}");
        var folder = Directory.CreateTempSubdirectory("mplug-scaling-");
        try
        {
            var store = new ScalingStore(folder.FullName);
            await store.Fill(package, pictures);
            Console.WriteLine("round | alone: pairs/s        sum  idle  CPU s | cluster: pairs/s  idle  CPU s silos + Gateway | ratio | load");
            var (sums, rates, ratios, costs) = (new Samples(), new Samples(), new Samples(), new Samples());
            for (var round = 1; round <= Rounds; round++)
            {
                // Who goes first changes: what else the machine does should not always meet the same one.
                var clusterFirst = round % 2 == 0 ? await Together(store, package, pictures, texts) : null;
                var alone = await Alone(store, package, pictures, texts);
                var cluster = clusterFirst ?? await Together(store, package, pictures, texts);
                var sum = alone.Sum(run => run.PairsPerSecond);
                sums.Add(sum);
                rates.Add(cluster.PairsPerSecond);
                ratios.Add(cluster.PairsPerSecond / sum);
                costs.Add((cluster.DeviceProcessorSeconds + cluster.DoorProcessorSeconds) / alone.Sum(run => run.DeviceProcessorSeconds));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{round,5} | {alone[0].PairsPerSecond,7:0.0} + {alone[1].PairsPerSecond,7:0.0} {sum,9:0.0} {Idle(alone),5:0%} "
                    + $"{alone.Sum(run => run.DeviceProcessorSeconds),6:0.0} | {cluster.PairsPerSecond,16:0.0} {Idle(cluster),5:0%} "
                    + $"{cluster.DeviceProcessorSeconds,11:0.0} + {cluster.DoorProcessorSeconds,7:0.0} "
                    + $"| {cluster.PairsPerSecond / sum,5:0.00} | {Machine.Load()}"));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"median: sum of two alone {sums.Median:0.0} pairs/s, cluster of two silos {rates.Median:0.0} pairs/s, ratio {ratios.Median:0.00}; "
                + $"processor time per pair {costs.Median:0.00} of theirs"));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task<ScalingRun[]> Alone(ScalingStore store, string package, int pictures, int texts)
    {
        using var firstStore = store.Copy();
        using var secondStore = store.Copy();
        using var first = ServerProcess.Gateway(0, OnOneCore(package, firstStore.Path));
        using var second = ServerProcess.Gateway(1, OnOneCore(package, secondStore.Path));
        await Task.WhenAll(first.Ready(), second.Ready());
        return await Task.WhenAll(
            ScalingRun.Of(ScalingStore.First, (pictures + 1) / 2, texts, first, first),
            ScalingRun.Of(ScalingStore.Second, pictures / 2, texts, second, second));
    }

    static async Task<ScalingRun> Together(ScalingStore store, string package, int pictures, int texts)
    {
        using var copy = store.Copy();
        var primary = ServerProcess.FreePort();
        using var gateway = ServerProcess.Gateway(
            null, $"Model={package}", $"Store={copy.Path}", "Device:Devices=none", "Cluster:SiloName=gateway", $"Cluster:SiloPort={primary}");
        await gateway.Live();
        string[] joining = [.. OnOneCore(package, copy.Path), $"Cluster:Primary=127.0.0.1:{primary}"];
        using var first = ServerProcess.Silo(0, [.. joining, "Cluster:SiloName=silo-0"]);
        using var second = ServerProcess.Silo(1, [.. joining, "Cluster:SiloName=silo-1"]);
        await Task.WhenAll(first.Ready(), second.Ready());
        await UntilDevices(gateway, 2);
        return await ScalingRun.Of(ScalingStore.All, pictures, texts, gateway, first, second);
    }

    static string[] OnOneCore(string package, string store) => [$"Model={package}", $"Store={store}", "Device:IntraOpThreads=1", "Device:DecodeThreads=1"];

    static async Task UntilDevices(ServerProcess gateway, int count)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var client = new MplugClient(gateway.Address);
        while ((await client.Plan(new JobRequest { Kind = "rank", Corpus = ScalingStore.All, Queries = JobQueries.Of(1) }, limit.Token)).Devices < count)
            await Task.Delay(100, limit.Token);
    }

    /// <summary>Share of the runs' time in which their devices, one for each of the two cores, did not compute.</summary>
    static double Idle(params ScalingRun[] runs) => 1 - runs.Sum(run => run.DeviceSeconds) / (2 * runs.Average(run => run.Seconds));
}
