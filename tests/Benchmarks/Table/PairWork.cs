using MplugCluster.Model.Architecture;

namespace MplugCluster.Benchmarks.Table;

/// <summary>Multiplications and additions of the work that the table shows, in billions; published stride (no concat layers).</summary>
sealed class PairWork(MplugConfig config)
{
    readonly double tokens = config.ImageTokens, hidden = config.HiddenSize, inner = config.IntermediateSize;

    /// <summary>One picture through the image encoder.</summary>
    public double Image => ModelWork.Of(config).ImageGflop + (config.HasVisionProjection ? 2 * tokens * config.VisionWidth * hidden / 1e9 : 0);

    /// <summary>One picture's keys and values in all fusion layers.</summary>
    public double KeysAndValues => config.FusionLayers * 4 * tokens * hidden * hidden / 1e9;

    /// <summary>One text through the text encoder and the part of the first fusion layer that is the same for all pictures.</summary>
    public double Text(int length) => (config.TextEncoderLayers * length * (Meeting(length) + 4 * hidden * inner) + length * Meeting(length)) / 1e9;

    /// <summary>One pair beside its picture's keys and values and its text's own part of the first layer, the last layer for token 0 only.</summary>
    public double Pair(int length) =>
        ((config.FusionLayers - 1) * length * Whole(length) + Whole(length) + length * 4 * hidden * hidden - length * Meeting(length)) / 1e9;

    /// <summary>One pair in the form that computes no keys and values.</summary>
    public double AbsorbedPair(int length)
    {
        // Every head attends to whole tokens instead of its own part of keys and values, and is folded through its part of either weight.
        var more = 4 * tokens * hidden * (config.AttentionHeads - 1) + 4 * hidden * hidden;
        return Pair(length) + ((config.FusionLayers - 1) * length + 1) * more / 1e9;
    }

    /// <summary>One pair as the reference does it.</summary>
    public double Reference(int length) => KeysAndValues + config.FusionLayers * length * Whole(length) / 1e9;

    /// <summary>One text token through one layer.</summary>
    double Whole(int length) => Meeting(length) + 4 * hidden * hidden + 4 * tokens * hidden + 4 * hidden * inner;

    /// <summary>One text token through one self-attention.</summary>
    double Meeting(int length) => 8 * hidden * hidden + 4 * length * hidden;
}
