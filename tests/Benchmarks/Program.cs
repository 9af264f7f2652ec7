using MplugCluster.Benchmarks;

return args switch
{
    ["sessions", var package] => SessionBenchmark.Run(package),
    ["checkpoint", var directory] => PublishedSizeCheckpoint.Write(directory),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project tests/Benchmarks -- <benchmark>
          sessions <package>      images, texts and pairs per second of a model package on the CPU, load time and memory
          checkpoint <directory>  writes a checkpoint of the published size (random numbers), to time 'mplug import' with
        """);
    return 2;
}
