namespace MplugCluster.Model.Architecture;

/// <summary>The two layers that everything is made of, by checkpoint name.</summary>
static class Layers
{
    /// <summary><c>x W^T + b</c> with the checkpoint's <c>name.weight</c> <c>[to, from]</c> and <c>name.bias</c> <c>[to]</c>.</summary>
    public static T Linear<T>(this IParameters<T> parameters, T x, string name, Dim to) where T : class, ITensor<T> =>
        x.MatMul(parameters[$"{name}.weight", to, x.Shape[^1]].Transpose(1, 0)) + parameters[$"{name}.bias", to];

    /// <summary>Layer norm with the checkpoint's <c>name.weight</c> and <c>name.bias</c>, both <c>[width]</c>.</summary>
    public static T LayerNorm<T>(this IParameters<T> parameters, T x, string name, float epsilon) where T : class, ITensor<T> =>
        x.LayerNorm(parameters[$"{name}.weight", x.Shape[^1]], parameters[$"{name}.bias", x.Shape[^1]], epsilon);
}
