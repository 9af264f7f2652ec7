using MplugCluster.Benchmarks;
using MplugCluster.Benchmarks.Cluster;
using MplugCluster.Benchmarks.Gpu;
using MplugCluster.Benchmarks.Imaging;
using MplugCluster.Benchmarks.Kernels;
using MplugCluster.Benchmarks.Table;
using MplugCluster.Tests;

return args switch
{
    ["sessions", var package] => SessionBenchmark.Run(package, SessionBenchmark.Default),
    ["sessions", var package, var tokens] => SessionBenchmark.Run(package, int.Parse(tokens)),
    ["weights", var package] => WeightsBenchmark.Run(package, 0),
    ["weights", var package, var threads] => WeightsBenchmark.Run(package, int.Parse(threads)),
    ["checkpoint", var directory] => PublishedSizeCheckpoint.Write(directory),
    ["table", var package] => TableBenchmark.Run(package, null, 1_000_000),
    ["table", var package, var int8] => TableBenchmark.Run(package, int8, 1_000_000),
    ["table", var package, var int8, var rows] => TableBenchmark.Run(package, int8, int.Parse(rows)),
    ["precisions", .. var packages] when packages.Length > 0 => PrecisionBenchmark.Run(packages),
    ["gpu", var device, .. var packages] when packages.Length > 0 => GpuBenchmark.Run(device, packages),
    ["table-memory", var package] => MemoryOf.Package(package),
    ["table-load", var package] => MemoryOf.Opening(package),
    ["table-job", var package] => await EvaluationBenchmark.Print(package),
    ["imaging"] => ImagingBenchmark.Run(null),
    ["imaging-memory", var way, var file] => PictureMemory.Run(way, file),
    ["imaging", var folder] => ImagingBenchmark.Run(folder),
    ["search"] => SearchBenchmark.Run(1_000_000),
    ["search", var rows] => SearchBenchmark.Run(int.Parse(rows)),
    ["search-part", var folder, var part] => await SearchBenchmark.Part(folder, part, 0),
    ["search-part", var folder, var part, var rows] => await SearchBenchmark.Part(folder, part, int.Parse(rows)),
    ["scaling", var package] => await ScalingBenchmark.Run(package, pictures: 512, texts: 64),
    ["scaling", var package, var pictures] => await ScalingBenchmark.Run(package, int.Parse(pictures), texts: 64),
    ["scaling", var package, var pictures, var texts] => await ScalingBenchmark.Run(package, int.Parse(pictures), int.Parse(texts)),
    ["overhead"] => await OverheadBenchmark.Run(Repository.Scenes),
    ["overhead", var package] => await OverheadBenchmark.Run(package),
    ["http-search"] => await HttpSearchBenchmark.Run(Repository.Scenes),
    ["http-search", var package] => await HttpSearchBenchmark.Run(package),
    ["eval-job", var package] => await EvaluationBenchmark.Run(package, "cpu", package),
    ["eval-job", var package, var device] => await EvaluationBenchmark.Run(package, device, package),
    ["eval-job", var package, var device, var single] => await EvaluationBenchmark.Run(package, device, single),
    ["kernels"] => KernelBenchmarks.Run(null),
    ["kernels", var name] => KernelBenchmarks.Run(name),
    ["train"] => TrainingBenchmark.Run(Repository.Scenes, 64, threads: 1, recompute: false),
    ["train", var model, var batch, var threads] => TrainingBenchmark.Run(model, int.Parse(batch), int.Parse(threads), recompute: false),
    ["train", var model, var batch, var threads, "recompute"] => TrainingBenchmark.Run(model, int.Parse(batch), int.Parse(threads), recompute: true),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project tests/Benchmarks -- <benchmark>
          sessions <package> [n]  images, texts and pairs per second of a model package on the CPU, load time and memory
                                  (n: text tokens per picture up to which its keys and values are not computed;
                                  0 never, and then the reference's plan is measured too)
          weights <package> [threads]
                                  the image encoder with weights mapped from the package and with weights rearranged once
          table <package> [int8 package] [rows]
                                  everything in one table, each row beside the reference's plan and the machine's peaks of the same
                                  run, judged by its goal; written to tests/Benchmarks/results (rows: embeddings that are searched;
                                  0 leaves the search out)
          gpu <device> <package>...
                                  the models' part of the table on a GPU (cuda:0, in a build for GPUs), of packages of one model, the first in
                                  fp32; beside the reference's plan, and PyTorch where python3 has it
          precisions <package>... packages of one model in several precisions beside each other, as multiples of the first one's time
          imaging [folder]        processor time and managed memory of preprocessing a picture, stage by stage: made pictures, which are
                                  kept in a folder for a peer to be run on, or the JPEG and PNG files of a folder
          search [rows]           exact search in a corpus of 1,000,000 synthetic embeddings (or so many): speed, its share of
                                  what the machine can do, and memory
          scaling <package> [pictures] [texts]
                                  a rank job of 64 texts over 512 pictures (or so many), nothing cached: a cluster of two silos, each on
                                  one core, against two processes that work alone
          overhead [package]      what the way through the cluster adds to scoring one cached pair (default: models/scenes)
          http-search [package]   p50 and p95 of a cached search over HTTP, and what HTTP adds to the grains (default: models/scenes)
          eval-job <package> [device] [fp32 package]
                                  an evaluation of 16 pictures and 240 captions as a job, against the plan of the reference, which
                                  needs the model in fp32
          kernels [name]          kernels by themselves, with BenchmarkDotNet: similarities, top-k, rows of int8 graphs, pixels
          train [model batch threads [recompute]]
                                  a training step (default: models/scenes, 64 pairs, one thread), and its memory
          checkpoint <directory>  writes a checkpoint of the published size (random numbers), to time 'mplug import' with
        """);
    return 2;
}
