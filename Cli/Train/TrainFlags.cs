using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Text;
using MplugCluster.Training.Augmentation;
using MplugCluster.Training.Optimization;
using MplugCluster.Training.Running;
using MplugCluster.Training.Steps;

namespace MplugCluster.Cli.Train;

/// <summary>The flags of <c>mplug train</c>, and the run that they ask for.</summary>
static class TrainFlags
{
    static readonly StepOptions Steps = new();
    static readonly ScheduleOptions Schedule = new();

    static readonly Option<string[]> TrainFiles = new("--train")
    {
        Description = "Annotations to train with: the reference's .json, a Karpathy split file, .jsonl, or MsDataset's .csv. May be given several times.",
        HelpName = "file",
        Required = true,
    };

    static readonly Option<string?> Validation = new("--val")
    {
        Description = "Annotations to evaluate with after every epoch, in the same formats. The best epoch by r_mean is kept.",
        HelpName = "file",
    };

    static readonly Option<string> ValidationSplit = new("--val-split")
    {
        Description = "Split of a Karpathy file given as --val.",
        DefaultValueFactory = _ => "val",
        HelpName = "name",
    };

    static readonly Option<string?> Images = new("--images") { Description = "Root of the pictures. Default: each annotation file's own directory.", HelpName = "dir" };
    static readonly Option<string?> ValidationImages = new("--val-images") { Description = "Root of the pictures of --val. Default: --images.", HelpName = "dir" };
    static readonly Option<string> Work = new("--work-dir") { Description = "Directory for checkpoints, logs, the state and the package.", HelpName = "dir", Required = true };
    static readonly Option<bool> Resume = new("--resume") { Description = "Go on with the run in --work-dir; the other flags must be the same." };
    static readonly Option<int> Epochs = Number("--max-epochs", "Times that every pair is seen.", 8, 1);
    static readonly Option<int> Batch = Number("--batch", "Pairs of a batch.", Steps.Batch, 2);
    static readonly Option<int> Accumulate = Number("--accumulate", "Batches whose gradients are averaged for a step.", Steps.Accumulate, 1);
    static readonly Option<int> Queue = Number("--queue", "Rows of the queues of momentum embeddings.", Steps.Queue, 2);
    static readonly Option<bool> Recompute = new("--recompute") { Description = "Run layers again in the backward pass instead of keeping their inner values: about half the memory, a quarter more time." };
    static readonly Option<double> Rate = Real("--lr", "Highest learning rate of all but the vision transformer.", Schedule.Rate);
    static readonly Option<double?> VisionRate = new("--vision-lr") { Description = "Highest learning rate of the vision transformer. Default: a fifth of --lr, as published.", HelpName = "rate" };
    static readonly Option<double?> MinRate = new("--min-lr") { Description = "Learning rate that the cosine ends at. Default: a tenth of --lr.", HelpName = "rate" };
    static readonly Option<double> Decay = Real("--weight-decay", "Weight decay.", Steps.Optimizer.WeightDecay);
    static readonly Option<double> Dropout = Real("--dropout", "Probability with which BERT's layers drop an element; published: 0.1.", 0);
    static readonly Option<double> Clip = Real("--clip-norm", "Longest gradient; a longer one is shortened. 0: none, as in the reference.", 0);
    static readonly Option<double> MinTemperature = Real("--min-temp", "Lowest temperature of the contrast; a step that ends lower is set to it.", Steps.MinTemperature);
    static readonly Option<int> Warmup = Number("--warmup-steps", "Steps before the highest learning rate.", Schedule.WarmupSteps, 0);

    static readonly Option<string> Falling = Choice("--schedule", "epoch: the cosine falls between epochs, as in the reference; step: at every step, after a linear warm-up from 0.", "epoch", "step");
    static readonly Option<string> Augment = Choice("--augment", "reference: crops, mirrors and RandomAugment; light: brightness and sharpness, for captions that say left or large; none.", "reference", "light", "none");
    static readonly Option<int> Seed = Number("--seed", "Seed of everything random.", 42, int.MinValue);
    static readonly Option<int> SaveEpochs = Number("--save-epochs", "Epochs between checkpoints that are kept.", 1, 1);
    static readonly Option<int> StateSteps = Number("--state-steps", "Steps between writings of the state that --resume takes.", 500, 1);
    static readonly Option<int> LogSteps = Number("--log-steps", "Steps between lines of the log.", 50, 1);
    static readonly Option<int> Candidates = Number("--k-test", "Candidates that are reranked in evaluation; 0: as the model says.", 0, 0);
    static readonly Option<int> Threads = Number("--threads", "Threads of the computation on the processor; 0: one for each core. With a GPU they have next to nothing to do.", 0, 0);
    static readonly Option<string> Device = DeviceFlag.Of(
        "steps and evaluations run there. Only on cpu does a run that is resumed, or begun again, end with exactly the same weights.");

    /// <summary>Every flag, in the order of the help.</summary>
    public static IEnumerable<Option> All =>
    [
        CommonFlags.Model, TrainFiles, Validation, ValidationSplit, Images, ValidationImages, Work, Resume, Epochs, Batch, Accumulate, Queue, Recompute, Rate, VisionRate, MinRate, Decay, Dropout, Clip, MinTemperature, Warmup,
        Falling, Augment, CommonFlags.Convention, Seed, SaveEpochs, StateSteps, LogSteps, Candidates, Threads, Device,
    ];

    /// <summary>The run.</summary>
    /// <exception cref="UsageException">The flags contradict each other.</exception>
    public static TrainingOptions Read(ParseResult parsed)
    {
        var (batch, queue, rate, perStep) = (parsed.GetValue(Batch), parsed.GetValue(Queue), parsed.GetValue(Rate), parsed.GetValue(Falling) == "step");
        if (queue < batch)
            throw new UsageException($"--queue {queue} is less than --batch {batch}; the queue takes at least one batch.");
        var device = DeviceFlag.Read(parsed, Device);
        return new TrainingOptions
        {
            TrainFiles = parsed.GetRequiredValue(TrainFiles),
            ValidationFile = parsed.GetValue(Validation),
            ValidationSplit = parsed.GetRequiredValue(ValidationSplit),
            Images = parsed.GetValue(Images),
            ValidationImages = parsed.GetValue(ValidationImages),
            WorkDirectory = parsed.GetRequiredValue(Work),
            Resume = parsed.GetValue(Resume),
            Epochs = parsed.GetValue(Epochs),
            Seed = parsed.GetValue(Seed),
            Augmentation = Enum.Parse<AugmentationKind>(parsed.GetRequiredValue(Augment), ignoreCase: true),
            Convention = TextConventions.TryParse(parsed.GetValue(CommonFlags.Convention), out var named) ? named : null,
            EvaluationCandidates = parsed.GetValue(Candidates),
            SaveEpochs = parsed.GetValue(SaveEpochs),
            StateSteps = parsed.GetValue(StateSteps),
            LogSteps = parsed.GetValue(LogSteps),
            Step = new StepOptions
            {
                Batch = batch,
                Accumulate = parsed.GetValue(Accumulate),
                Queue = queue,
                Recompute = parsed.GetValue(Recompute),
                Dropout = parsed.GetValue(Dropout) is var p and < 1 ? p : throw new UsageException($"--dropout is {parsed.GetValue(Dropout)}; it must be less than 1."),
                MinTemperature = parsed.GetValue(MinTemperature),
                // With a GPU the cores are for decoding.
                Engine = new EngineOptions { Device = device, IntraOpThreads = parsed.GetValue(Threads), Spin = device.CudaIndex is null },
                Optimizer = new AdamWOptions { WeightDecay = parsed.GetValue(Decay), ClipNorm = parsed.GetValue(Clip) },
            },
            Schedule = new ScheduleOptions
            {
                Rate = rate,
                VisionRate = parsed.GetValue(VisionRate) ?? rate / 5,
                MinRate = parsed.GetValue(MinRate) ?? rate / 10,
                WarmupRate = perStep ? 0 : Math.Min(rate, Schedule.WarmupRate),
                WarmupSteps = parsed.GetValue(Warmup),
                PerStep = perStep,
            },
        };
    }

    static Option<int> Number(string name, string what, int otherwise, int least)
    {
        var option = new Option<int>(name) { Description = what, DefaultValueFactory = _ => otherwise, HelpName = "n" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < least)
                result.AddError($"{name} is {result.Tokens[0].Value}; it must be {least} or more.");
        });
        return option;
    }

    static Option<double> Real(string name, string what, double otherwise)
    {
        var option = new Option<double>(name) { Description = what, DefaultValueFactory = _ => otherwise, HelpName = "x" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<double>() is not (>= 0 and < double.PositiveInfinity))
                result.AddError($"{name} is {result.Tokens[0].Value}; it must be 0 or more.");
        });
        return option;
    }

    static Option<string> Choice(string name, string what, params string[] names)
    {
        var option = new Option<string>(name) { Description = what, DefaultValueFactory = _ => names[0] };
        option.AcceptOnlyFromAmong(names);
        return option;
    }
}
