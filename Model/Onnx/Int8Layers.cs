using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Onnx;

/// <summary>Which linear layers an int8 package rounds: all that run over every token. The heads read one token, so their fp32 costs nothing.</summary>
static class Int8Layers
{
    static readonly string[] Heads = ["itm_head.", "text_proj.", "vision_proj."];

    /// <summary>Whether a product with this weight is one of whole numbers.</summary>
    public static bool Takes(Precision precision, StoredWeight? weight) =>
        precision == Precision.Int8
        && weight is { Transposed: true, Form: WeightForm.Single }
        && !Heads.Any(head => weight.Name.StartsWith(head, StringComparison.Ordinal));
}
