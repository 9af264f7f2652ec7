namespace MplugCluster.Model.Onnx;

/// <summary>What shares a step when an int8 graph rounds activations.</summary>
enum ActivationSteps
{
    /// <summary>Each row (token) has its own, so that its numbers do not depend on what shares its batch: every package's form.</summary>
    Row,

    /// <summary>
    /// A whole value has one, as ONNX Runtime's plain dynamic quantisation does it. Faster, and a score depends on its batch: for benchmarks only.
    /// </summary>
    Value,
}
