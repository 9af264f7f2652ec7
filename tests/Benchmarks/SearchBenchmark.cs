using System.Diagnostics;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Benchmarks;

/// <summary>Exact search in a corpus of synthetic embeddings in clusters: medians of alternated runs, with the machine's peaks of the same run.</summary>
static class SearchBenchmark
{
    const int Width = 256;
    const int Top = 256;
    const int Batch = 64;
    const int Rounds = 9;
    const int ItemsPerShard = 262_144;
    const int ItemsPerSegment = 65_536;
    const string Corpus = "bench";

    /// <summary>Makes the corpus in a temporary directory, and measures each precision in a process of its own.</summary>
    public static int Run(int rows)
    {
        var folder = Directory.CreateTempSubdirectory("mplug-search-");
        try
        {
            foreach (var part in new[] { $"fill {rows}", "fp32", "int8", "all" })
            {
                var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, $"search-part {folder.FullName} {part}"))!;
                child.WaitForExit();
                if (child.ExitCode != 0)
                    return child.ExitCode;
            }

            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What one of those processes does.</summary>
    public static async Task<int> Part(string folder, string part, int rows)
    {
        var cache = new SegmentCache(new DirectoryObjectStore(folder), Path.Combine(folder, "scratch"));
        Console.WriteLine($"-- {part}");
        switch (part)
        {
            case "fill":
                await Fill(cache, rows);
                break;
            case "all":
                await Compare(cache);
                break;
            default:
                await Search(cache, part == "int8" ? EmbeddingPrecision.Int8 : EmbeddingPrecision.Fp32);
                break;
        }

        Memory();
        return 0;
    }

    /// <summary>Spread as real ones are: they are looked up by their first digits.</summary>
    static string Hash(int number) => Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(number)));

    static async Task Fill(SegmentCache cache, int rows)
    {
        var watch = Stopwatch.StartNew();
        var ledger = (await CorpusLedger.Create(cache, Corpus, "f", "ms25", ItemsPerShard, TimeProvider.System, default))!;
        var (random, centres) = (new Random(1), Centres());
        for (var first = 0; first < rows; first += ItemsPerSegment)
        {
            var count = Math.Min(ItemsPerSegment, rows - first);
            var embeddings = new float[count * Width];
            for (var row = 0; row < count; row++)
                Near(centres[random.Next(centres.Length)], random, embeddings.AsSpan(row * Width, Width));
            var items = Enumerable.Range(first, count).Select(i => new CorpusItem(
                $"album{i % 97:00}/{i:0000000}.jpg", ItemKind.Picture, new PictureReference($"blobs/{i:x8}", Hash(i)), null, $"{i} 2026")).ToArray();
            await ledger.Change(new Segment(items, embeddings), [], default);
        }

        Print("filled through the ledger", watch.Elapsed.TotalSeconds, "s");
        watch.Restart();
        ledger = (await CorpusLedger.Open(cache, Corpus, ItemsPerShard, TimeProvider.System, default))!;
        Print("opened", watch.Elapsed.TotalMilliseconds, "ms");
        watch.Restart();
        var page = ledger.After("album50", 1000);
        Print("a page of 1,000 items", watch.Elapsed.TotalMilliseconds, "ms");
        watch.Restart();
        var found = Enumerable.Range(0, 1000).Count(i => ledger.Find(page[i].Id) is not null);
        Print($"{found} ids found", watch.Elapsed.TotalMilliseconds, "ms");
        watch.Restart();
        found = Enumerable.Range(0, 1000).Count(i => ledger.FindContent(page[i].Picture!.ContentHash, 1).Length > 0);
        Print($"{found} contents found, the first time", watch.Elapsed.TotalMilliseconds, "ms");
        watch.Restart();
        await ledger.Change(null, [.. page.Select(item => item.Id)], default);
        Print("1,000 items removed", watch.Elapsed.TotalMilliseconds, "ms");
    }

    /// <summary>What one precision needs of memory.</summary>
    static async Task Search(SegmentCache cache, EmbeddingPrecision precision)
    {
        using var team = new ScanTeam(2);
        var watch = Stopwatch.StartNew();
        var shards = await Load(cache, precision);
        Print("load", watch.Elapsed.TotalMilliseconds, "ms");
        var queries = Queries();
        watch.Restart();
        Find(shards, queries[..1], team);
        Print("first query", watch.Elapsed.TotalMilliseconds, "ms");
        for (var i = 0; i < 20; i++)
            Find(shards, queries[i..(i + 1)], team);
        Find(shards, queries, team);
    }

    /// <summary>Everything side by side.</summary>
    static async Task Compare(SegmentCache cache)
    {
        using var one = new ScanTeam(1);
        using var two = new ScanTeam(2);
        var exact = await Load(cache, EmbeddingPrecision.Fp32);
        var bytes = await Load(cache, EmbeddingPrecision.Int8);
        var rows = exact.Sum(shard => (double)shard.Rows);
        var segments = (await Task.WhenAll((await CorpusManifest.Read(cache.Store, Corpus, default))!.Value.Manifest.Segments
            .Select(entry => cache.Open(Corpus, entry.File, default)))).ToArray();
        var queries = Queries();
        var plain = new float[ItemsPerSegment];
        var i = 0;
        RowQuery[] Next() => [queries[i++ % Batch]];
        foreach (var query in queries.Take(8))
        {
            if (!Find(exact, [query], one)[0].SequenceEqual(Find(bytes, [query], two)[0]))
                throw new InvalidDataException("int8 and fp32 differ");
        }

        const string readOne = "reading all rows, 1 thread", readTwo = "reading all rows, 2 threads";
        const string multiplyOne = "fused multiply-adds of registers, 1 thread", multiplyTwo = "fused multiply-adds of registers, 2 threads";
        const string exactOne = "fp32, 1 query, 1 thread", exactTwo = "fp32, 1 query, 2 threads";
        const string byteOne = "int8 + re-check, 1 query, 1 thread", byteTwo = "int8 + re-check, 1 query, 2 threads";
        const string batchOne = "fp32, 64 queries, 1 thread", batchTwo = "fp32, 64 queries, 2 threads";
        var cases = new List<Case>
        {
            new(readOne, () => PeakMeter.Read(segments, 1)),
            new(readTwo, () => PeakMeter.Read(segments, 2)),
            new(multiplyOne, () => PeakMeter.MultiplyAdd(1)),
            new(multiplyTwo, () => PeakMeter.MultiplyAdd(2)),
            new("plain TensorPrimitives.Dot, no top-k, 1 thread", () => Plain(segments, queries[0], plain)),
            new(exactOne, () => Find(exact, Next(), one)),
            new(exactTwo, () => Find(exact, Next(), two)),
            new(byteOne, () => Find(bytes, Next(), one)),
            new(byteTwo, () => Find(bytes, Next(), two)),
            new(batchOne, () => Find(exact, queries, one)),
            new(batchTwo, () => Find(exact, queries, two)),
            new("int8 + re-check, 64 queries, 1 thread", () => Find(bytes, queries, one)),
            new("int8 + re-check, 64 queries, 2 threads", () => Find(bytes, queries, two)),
        };
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var measured in cases)
                measured.Measure(keep: round > 0);
        }

        Console.WriteLine($"{"",-56} {"median",9} {"best",9} {"CPU",9}");
        foreach (var measured in cases)
            Console.WriteLine(FormattableString.Invariant($"{measured.Name,-56} {measured.Median,9:0.0} {measured.Best,9:0.0} {measured.Cpu,9:0.0} ms"));
        Case Of(string name) => cases.Single(measured => measured.Name == name);
        var flops = rows * Width * 2 * Batch;
        Print("read peak, 1 thread, best", rows * Width * 4 / Of(readOne).Best / 1e6, "GB/s");
        Print("FMA peak, 1 thread, best", PeakMeter.Flops(1) / Of(multiplyOne).Best / 1e6, "GF/s");
        Print("FMA peak, 2 threads, best", PeakMeter.Flops(2) / Of(multiplyTwo).Best / 1e6, "GF/s");
        foreach (var (how, time) in new (string, Func<Case, double>)[] { ("medians", c => c.Median), ("best", c => c.Best), ("CPU time", c => c.Cpu) })
        {
            Print($"fp32, 1 query, share of the read peak, 1 thread, {how}", 100 * time(Of(readOne)) / time(Of(exactOne)), "%");
            Print($"fp32, 64 queries, share of the FMA peak, 1 thread, {how}", 100 * flops / PeakMeter.Flops(1) * time(Of(multiplyOne)) / time(Of(batchOne)), "%");
            Print($"int8 over fp32, 1 query, 1 thread, {how}", time(Of(exactOne)) / time(Of(byteOne)), "x");
            if (how == "CPU time")
                continue;
            Print($"fp32, 1 query, share of the read peak, 2 threads, {how}", 100 * time(Of(readTwo)) / time(Of(exactTwo)), "%");
            Print($"fp32, 64 queries, share of the FMA peak, 2 threads, {how}", 100 * flops / PeakMeter.Flops(2) * time(Of(multiplyTwo)) / time(Of(batchTwo)), "%");
            Print($"int8 over fp32, 1 query, 2 threads, {how}", time(Of(exactTwo)) / time(Of(byteTwo)), "x");
        }
    }

    static async Task<EmbeddingShard[]> Load(SegmentCache cache, EmbeddingPrecision precision)
    {
        var budget = new EmbeddingBudget(long.MaxValue);
        var shards = (await CorpusManifest.Read(cache.Store, Corpus, default))!.Value.Manifest.Shards(ItemsPerShard).Count();
        var loaded = new List<EmbeddingShard>();
        for (var shard = 0; shard < shards; shard++)
            loaded.Add((await EmbeddingShard.Load(cache, new ShardAddress(Corpus, shard, null), ItemsPerShard, precision, budget, default))!);
        return [.. loaded];
    }

    /// <summary>All shards one after the other, as one silo does it, and the merge; the items of the best are not looked up.</summary>
    static (float, string)[][] Find(EmbeddingShard[] shards, RowQuery[] queries, ScanTeam team)
    {
        var found = shards.Select((shard, i) => HitPacking.Unpack(shard.Search(queries, team), i)).ToArray();
        return [.. Enumerable.Range(0, queries.Length).Select(query => ShardMerge.Merge(found.Select(shard => shard[query]), Top)
            .Select(hit => (hit.Similarity, Encoding.UTF8.GetString(hit.Id.Span))).ToArray())];
    }

    static void Plain(MappedSegment[] segments, RowQuery query, float[] products)
    {
        foreach (var segment in segments)
        {
            var embeddings = segment.Embeddings;
            for (var row = 0; row < segment.Rows; row++)
                products[row] = TensorPrimitives.Dot(embeddings.Slice(row * Width, Width), query.Vector.Span);
        }
    }

    static RowQuery[] Queries()
    {
        var (random, centres) = (new Random(2), Centres());
        return [.. Enumerable.Range(0, Batch).Select(_ =>
        {
            var query = new float[Width];
            Near(centres[random.Next(centres.Length)], random, query);
            return new RowQuery(query, null, null, Top);
        })];
    }

    static float[][] Centres()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 1000).Select(_ => Enumerable.Range(0, Width).Select(_ => random.NextSingle() - 0.5f).ToArray())];
    }

    static void Near(float[] centre, Random random, Span<float> vector)
    {
        for (var i = 0; i < vector.Length; i++)
            vector[i] = centre[i] + 0.75f * (random.NextSingle() - 0.5f);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
    }

    static void Memory()
    {
        foreach (var line in File.ReadLines("/proc/self/status").Where(line => line.StartsWith("VmHWM") || line.StartsWith("RssAnon")))
            Print(line.Split(':')[0], double.Parse(line.Split(':')[1].Replace("kB", "").Trim()) / 1e6, "GB");
    }

    static void Print(string what, double value, string unit) => Console.WriteLine(FormattableString.Invariant($"{what,-56} {value,9:0.00} {unit}"));

    /// <summary>Something that is measured: wall clock, and the processor time of all threads, which others on the machine hardly change.</summary>
    sealed class Case(string name, Action work)
    {
        readonly List<double> wall = [], cpu = [];

        public string Name => name;

        public double Median => wall.Order().ElementAt(wall.Count / 2);

        public double Best => wall.Min();

        public double Cpu => cpu.Order().ElementAt(cpu.Count / 2);

        public void Measure(bool keep)
        {
            var (before, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
            work();
            if (!keep)
                return;
            wall.Add(watch.Elapsed.TotalMilliseconds);
            cpu.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
        }
    }
}
