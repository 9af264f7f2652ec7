using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace MplugCluster.Benchmarks.Kernels;

/// <summary>Kernels by themselves, with BenchmarkDotNet: on data that is in the caches, beside the plain way.</summary>
static class KernelBenchmarks
{
    static readonly Type[] All = [typeof(SimilarityBenchmarks), typeof(ByteSimilarityBenchmarks), typeof(TopKBenchmarks), typeof(RowBenchmarks), typeof(NormalizationBenchmarks)];

    /// <summary>Runs those whose name has a text in it; null: all.</summary>
    public static int Run(string? filter)
    {
        // In this process: a project that is generated for them would not see what is internal.
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "kernels"));
        var chosen = All.Where(type => filter is null || type.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (chosen.Length == 0)
        {
            Console.Error.WriteLine($"There is no kernel benchmark '{filter}', only {string.Join(", ", All.Select(type => type.Name))}.");
            return 2;
        }

        var summaries = BenchmarkRunner.Run(chosen, config);
        return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
    }
}
