namespace MplugCluster.Model.Architecture;

/// <summary>How many multiplications and additions a model's work takes, from its sizes alone.</summary>
/// <param name="ImageGflop">Billions to encode a picture (published: 382).</param>
/// <param name="PairGflop">Billions to score a pair with a text of mean length, beside its picture's share (published: 1.3).</param>
public sealed record ModelWork(double ImageGflop, double PairGflop)
{
    /// <summary>Mean tokens of a caption.</summary>
    const double TextTokens = 13;

    /// <summary>Work of a model.</summary>
    public static ModelWork Of(MplugConfig config)
    {
        double tokens = config.ImageTokens, vision = config.VisionWidth, hidden = config.HiddenSize;
        var block = 24 * tokens * vision * vision + 4 * tokens * tokens * vision;
        var layer = 12 * hidden * hidden + 4 * hidden * config.IntermediateSize + 4 * tokens * hidden;
        return new ModelWork(config.VisionLayers * block / 1e9, config.FusionLayers * TextTokens * layer / 1e9);
    }
}
