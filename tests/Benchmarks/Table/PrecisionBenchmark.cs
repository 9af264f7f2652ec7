using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Benchmarks.Table;

/// <summary>Packages of one model in several precisions on the processor: processor time of one thread, alternated round by round.</summary>
static class PrecisionBenchmark
{
    const int Rounds = 5;

    /// <summary>Measures and prints, each as a multiple of the first package's time.</summary>
    public static int Run(string[] directories)
    {
        var engines = new List<OnnxInferenceEngine>();
        var columns = new List<(string Name, TableRow[] Rows)>();
        foreach (var directory in directories)
        {
            var package = ModelPackage.Open(directory, checkContent: false);
            var engine = new OnnxInferenceEngine(package, new EngineOptions { IntraOpThreads = 1 });
            engines.Add(engine);
            var precision = package.Manifest.Precision;
            var rows = ModelRows.Of(engine, precision.Name(), absorbs: precision == Precision.Fp32, new TableInput(package), new PairWork(package.Config));
            columns.Add((precision.Name(), [.. rows]));
        }

        for (var round = 0; round <= Rounds; round++)
        {
            for (var row = 0; row < columns[0].Rows.Length; row++)
            {
                foreach (var (_, rows) in columns)
                    rows[row].Run(keep: round > 0);
            }
        }

        for (var row = 0; row < columns[0].Rows.Length; row++)
        {
            var first = columns[0].Rows[row].PerUnit;
            Console.WriteLine($"{columns[0].Rows[row].Name}: " + string.Join(", ", columns.Select(column => FormattableString.Invariant(
                $"{column.Name} {1e3 * column.Rows[row].PerUnit:0.000} ms ({column.Rows[row].PerUnit / first:0.00})"))));
        }

        engines.ForEach(engine => engine.Dispose());
        return 0;
    }
}
