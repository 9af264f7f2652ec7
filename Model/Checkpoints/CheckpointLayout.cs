namespace MplugCluster.Model.Checkpoints;

/// <summary>The two spellings in which mPLUG checkpoints are published.</summary>
public enum CheckpointLayout
{
    /// <summary>A ModelScope directory: <c>text_encoder.encoder...</c>.</summary>
    ModelScope,

    /// <summary>AliceMind's <c>.pth</c>: <c>text_encoder.bert.encoder...</c>, <c>fusion_encoder.fusion.encoder...</c>.</summary>
    AliceMind,
}
