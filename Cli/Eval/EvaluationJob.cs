using System.Text.Json;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Jobs;
using MplugCluster.Cli.Pictures;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using MplugCluster.Model.Evaluation;

namespace MplugCluster.Cli.Eval;

/// <summary>An evaluation as a job of the cluster: pictures are sent, each pair is scored once, and what comes back are the metrics.</summary>
sealed class EvaluationJob(ClusterConnection cluster, RetrievalAnnotations annotations, string root, CommandTerminal terminal)
{
    readonly JobWatch watch = new(cluster, terminal);

    /// <summary>Pictures that could not be sent.</summary>
    public int Missing { get; private set; }

    /// <summary>Sends the set and waits for its metrics.</summary>
    /// <returns>The job, and its metrics by direction and name; none if no picture can be used.</returns>
    public async Task<(JobInfo? Job, IReadOnlyList<EvaluationMetric> Metrics)> Run(JobRequest wishes, CancellationToken cancellation)
    {
        var inputs = await Send(cancellation);
        if (inputs.Count == 0)
            return (null, []);
        var job = await watch.Submit(wishes with { Kind = "evaluate", Annotations = inputs }, cancellation);
        job = await watch.Wait(job, cancellation);
        using var rows = new MemoryStream();
        await cluster.Client.DownloadResults(job.Id, "jsonl", rows, cancellation);
        rows.Position = 0;
        var metrics = new List<EvaluationMetric>();
        using var lines = new StreamReader(rows);
        while (await lines.ReadLineAsync(cancellation) is { } line)
            metrics.Add(JsonSerializer.Deserialize<EvaluationMetric>(line, ApiJson.Options)!);
        return (job, metrics);
    }

    /// <summary>Says how the job has ended, with the pictures that it could not use.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Report(JobInfo job, bool strict, CancellationToken cancellation)
    {
        var code = await watch.Report(job, strict, cancellation);
        return code == ExitCodes.Ok && strict && Missing > 0 ? ExitCodes.Failed : code;
    }

    async Task<List<AnnotationInput>> Send(CancellationToken cancellation)
    {
        var uploads = new PictureUploads(cluster.Client);
        var inputs = new List<AnnotationInput>();
        await terminal.Progress("Sending pictures", annotations.Images.Count, async bar =>
        {
            for (var i = 0; i < annotations.Images.Count; i++)
            {
                var (picture, error) = await uploads.Upload(Path.Combine(root, annotations.Images[i]), cancellation);
                if (error is null)
                    inputs.Add(new AnnotationInput(picture!, annotations.CaptionsOfImage[i].Select(caption => annotations.Captions[caption]).ToArray()));
                else
                    Leave(i, error);
                bar(i + 1);
            }
        });
        return inputs;
    }

    void Leave(int picture, ApiError error)
    {
        Missing++;
        terminal.Warn($"Picture {picture} ('{annotations.Images[picture]}') cannot be evaluated: {error.Code}: {error.Message}");
    }
}
