using MplugCluster.Benchmarks;

return args switch
{
    ["sessions", var package] => SessionBenchmark.Run(package, SessionBenchmark.Default),
    ["sessions", var package, var tokens] => SessionBenchmark.Run(package, int.Parse(tokens)),
    ["checkpoint", var directory] => PublishedSizeCheckpoint.Write(directory),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project tests/Benchmarks -- <benchmark>
          sessions <package> [n]  images, texts and pairs per second of a model package on the CPU, load time and memory
                                  (n: text tokens per picture up to which its keys and values are not computed;
                                  0 never, and then the reference's plan is measured too)
          checkpoint <directory>  writes a checkpoint of the published size (random numbers), to time 'mplug import' with
        """);
    return 2;
}
