using System.CommandLine;
using System.Diagnostics;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Terminal;
using MplugCluster.Model.Evaluation;
using MplugCluster.Training.Data;
using MplugCluster.Training.Running;

namespace MplugCluster.Cli.Train;

/// <summary><c>mplug train</c>: fine-tunes a model on one's own pictures and captions, in this process.</summary>
static class TrainVerb
{
    public static Command Create()
    {
        var command = new Command("train", "Fine-tune a model on pictures with captions");
        foreach (var flag in TrainFlags.All)
            command.Add(flag);
        return command.Example("mplug train --train scenes/train.json --val test-scenes/test.json --work-dir tuned").Does(Run);
    }

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var options = TrainFlags.Read(parsed);
        Trainer.CheckDevice(options.Step.Engine);
        var path = parsed.GetValue(CommonFlags.Model) ?? Path.Combine(AppContext.BaseDirectory, "models", "scenes");
        InputPath.Model(path, $"There is no model '{path}'; --model takes a model package or a checkpoint directory.");
        foreach (var file in options.ValidationFile is { } validation ? options.TrainFiles.Append(validation) : options.TrainFiles)
            InputPath.File(file);
        foreach (var root in new[] { options.Images, options.ValidationImages }.OfType<string>())
            InputPath.Folder(root);
        OutputPath.Folder(options.WorkDirectory);
        var watch = Stopwatch.StartNew();
        TrainingSummary? summary = null;
        (int All, int Trained) pictures = default;
        await terminal.Watch("Training", show => Task.Run(
            () =>
            {
                using var model = TrainedModel.Open(path);
                using var trainer = Prepared(model, options);
                pictures = trainer.ValidationPictures;
                summary = trainer.Run(new Shown(show), cancellation);
            },
            CancellationToken.None));
        if (pictures.Trained > 0)
        {
            terminal.Warn(
                $"{pictures.Trained} of {Counted.Of(pictures.All, "picture")} of --val are trained on too, so recall says little about others. "
                + "If others are meant, --val-images says where they lie.");
        }

        Report(terminal, summary!, watch.Elapsed);
        return ExitCodes.Ok;
    }

    /// <summary>A trainer looks at its data and its directory; what is wrong there is known before the first step.</summary>
    static Trainer Prepared(TrainedModel model, TrainingOptions options)
    {
        try
        {
            return new Trainer(model, options);
        }
        catch (TrainingDataException e)
        {
            throw new UsageException(e.Message);
        }
    }

    static void Report(CommandTerminal terminal, TrainingSummary summary, TimeSpan elapsed)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                steps = summary.Steps,
                pairs = summary.Pairs,
                pictures = summary.Pictures,
                best_epoch = summary.BestEpoch,
                best = Metrics(summary.Best),
                last = Metrics(summary.Last),
                package = summary.Package,
                checkpoint = summary.Checkpoint,
                seconds = elapsed.TotalSeconds,
            });
            return;
        }

        terminal.Line($"{Counted.Of(summary.Steps, "step")} over {Counted.Of(summary.Pairs, "pair")} of {Counted.Of(summary.Pictures, "picture")} in {elapsed:h\\:mm\\:ss}");
        if (summary.Last is { } last)
            terminal.Line($"Last epoch: r_mean {last.Mean:0.0}, txt_r1 {last.TextRecall1:0.0}, img_r1 {last.ImageRecall1:0.0}");
        if (summary.Best is { } best)
            terminal.Line($"Best epoch {summary.BestEpoch}: r_mean {best.Mean:0.0}, txt_r1 {best.TextRecall1:0.0}, img_r1 {best.ImageRecall1:0.0}");
        terminal.Line($"Package: {summary.Package}");
        terminal.Line($"Checkpoint: {summary.Checkpoint}");
    }

    static object? Metrics(RecallMetrics? metrics) => metrics is null ? null : new
    {
        r_mean = metrics.Mean,
        txt_r1 = metrics.TextRecall1,
        txt_r5 = metrics.TextRecall5,
        txt_r10 = metrics.TextRecall10,
        img_r1 = metrics.ImageRecall1,
        img_r5 = metrics.ImageRecall5,
        img_r10 = metrics.ImageRecall10,
    };

    /// <summary>Told on the training thread itself: a queue of reports would fall behind.</summary>
    sealed class Shown(Action<double, string> show) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => show(
            value.Step / (double)value.Steps,
            $"epoch {value.Epoch}  step {value.Step}/{value.Steps}  loss {value.Loss:0.000}  {value.Left:h\\:mm\\:ss} left");
    }
}
