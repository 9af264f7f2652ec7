namespace MplugCluster.Model.Onnx;

/// <summary>
/// Which linear layers a package of less precision rounds: all that run over every token. The heads read one token, so their fp32 costs nothing.
/// </summary>
static class RoundedLayers
{
    static readonly string[] Heads = ["itm_head.", "text_proj.", "vision_proj."];

    /// <summary>Whether a product with this weight is one of rounded numbers.</summary>
    public static bool Takes(StoredWeight? weight) =>
        weight is { Transposed: true, Form: WeightForm.Single } && !Heads.Any(head => weight.Name.StartsWith(head, StringComparison.Ordinal));
}
