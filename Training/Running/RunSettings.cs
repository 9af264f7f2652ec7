using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MplugCluster.Model.Text;
using MplugCluster.Training.Data;

namespace MplugCluster.Training.Running;

/// <summary>Everything that the weights of a run depend on, as a text: two runs with the same one go the same way.</summary>
static class RunSettings
{
    /// <summary>The text of a run.</summary>
    public static string Of(TrainedModel model, TrainingOptions options, TrainingSet set, TextConvention convention)
    {
        var data = new XxHash128();
        foreach (var pair in set.Pairs)
            data.Append(Encoding.UTF8.GetBytes($"{pair.Picture}\n{pair.Caption}\n{pair.Identity}\n"));
        var settings = JsonSerializer.Serialize(new
        {
            model.Config,
            weights = Weights(model),
            data = Convert.ToHexString(data.GetCurrentHash()),
            convention = convention.Name(),
            options.Epochs,
            options.Seed,
            augmentation = options.Augmentation.ToString(),
            options.Step.Batch,
            options.Step.Accumulate,
            options.Step.Queue,
            options.Step.Momentum,
            options.Step.MinTemperature,
            options.Step.Dropout,
            options.Step.Optimizer,
            options.Schedule,
        });

        // The last bits of a gradient may be others. Runs from before these were settings have none of them.
        return settings + (options.Step.Recompute ? " recompute" : "") + (options.Step.Engine.Device.CudaIndex is null ? "" : " cuda");
    }

    /// <summary>One tensor tells one model from another: every training step changes it.</summary>
    static string Weights(TrainedModel model)
    {
        const string Name = "itm_head.weight";
        var values = new float[model.Weights.Tensors[Name].Count];
        model.Weights.Read(Name, values);
        return Convert.ToHexString(XxHash128.Hash(MemoryMarshal.AsBytes<float>(values)));
    }
}
