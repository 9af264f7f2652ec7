using System.Numerics;

namespace MplugCluster.Model.Architecture;

/// <summary>
/// The operations that mPLUG retrieval is made of; the seam between the architecture, which is written once against it,
/// and its interpreters (ONNX emission; differentiation). A new operation needs a reason.
/// </summary>
/// <remarks>
/// Attention is one operation so that every provider may use its fused kernel. Sizes may be symbolic: the architecture never
/// branches on data and does not know whether it is being trained.
/// </remarks>
/// <typeparam name="TSelf">The interpreter's tensor.</typeparam>
public interface ITensor<TSelf> : IAdditionOperators<TSelf, TSelf, TSelf>
    where TSelf : class, ITensor<TSelf>
{
    /// <summary>Sizes, outermost first.</summary>
    Shape Shape { get; }

    /// <summary>Matrix product <c>[..., m, k] x [k, n] -> [..., m, n]</c>.</summary>
    TSelf MatMul(TSelf matrix);

    /// <summary>Normalises the last axis to mean 0 and variance 1, then scales and shifts; <paramref name="gain"/> and <paramref name="shift"/> are <c>[width]</c>.</summary>
    TSelf LayerNorm(TSelf gain, TSelf shift, float epsilon);

    /// <summary>Exact GELU: <c>x * (1 + erf(x / sqrt 2)) / 2</c>.</summary>
    TSelf Gelu();

    /// <summary>CLIP's GELU: <c>x * sigmoid(1.702 x)</c>.</summary>
    TSelf QuickGelu();

    /// <summary>Rows of this <c>[rows, width]</c> by number: <c>[...] -> [..., width]</c>.</summary>
    TSelf Gather(TSelf ids);

    /// <summary>Cuts <c>[batch, channels, R, R]</c> into patches and projects each with this kernel-sized filter <c>[width, channels, P, P]</c>: <c>[batch, patches, width]</c>, row by row.</summary>
    TSelf PatchEmbed(TSelf kernel);

    /// <summary>The same elements in another shape.</summary>
    TSelf Reshape(params Dim[] dims);

    /// <summary>Axes in another order.</summary>
    TSelf Transpose(params int[] axes);

    /// <summary>Elements <paramref name="start"/> (inclusive) to <paramref name="end"/> (exclusive) along an axis.</summary>
    TSelf Slice(int axis, Dim start, Dim end);

    /// <summary>Copies axes of size 1 until they have the given sizes.</summary>
    TSelf Expand(params Dim[] dims);

    /// <summary>Divides the last axis by its Euclidean length.</summary>
    TSelf L2Normalize();

    /// <summary>Where training may drop elements at random; in inference the same value.</summary>
    TSelf Dropout();

    /// <summary>Gives this value a stable name, by which verification finds it. Returns the same value.</summary>
    TSelf Named(string name);

    /// <summary>A layer, as what it makes of its inputs. Training may forget what lies in between, and run it again for the backward pass.</summary>
    /// <param name="run">The layer. It may read weights and constants of its own, and must do the same each time.</param>
    /// <param name="inputs">What goes in.</param>
    static virtual TSelf[] Layer(Func<TSelf[], TSelf[]> run, params TSelf[] inputs) => run(inputs);

    /// <summary>Joins tensors along an axis.</summary>
    static abstract TSelf Concat(int axis, params TSelf[] parts);

    /// <summary>
    /// Scaled dot-product attention over heads: query <c>[batch, m, width]</c>, key and value <c>[batch, n, width]</c> -> <c>[batch, m, width]</c>;
    /// scores are divided by the square root of <c>width / heads</c>.
    /// </summary>
    /// <param name="query">Projected queries.</param>
    /// <param name="key">Projected keys.</param>
    /// <param name="value">Projected values.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="keyMask">1 for a key that counts, 0 for one whose scores get -10000 added; <c>[batch, n]</c>, or null when all count.</param>
    static abstract TSelf Attention(TSelf query, TSelf key, TSelf value, int heads, TSelf? keyMask);

    /// <summary>
    /// Attention to tokens <c>[batch, n, width]</c> whose keys and values are linear maps of them, without computing either: keys are folded into
    /// the query, values into the result. The same result as <see cref="Attention"/>, and less work for a few queries and many tokens.
    /// </summary>
    /// <param name="query">Projected queries <c>[batch, m, width]</c>.</param>
    /// <param name="tokens">What is attended to.</param>
    /// <param name="keyWeight">The keys' linear layer <c>[width, width]</c>; its bias is the same for all keys and falls out of the softmax.</param>
    /// <param name="valueWeight">The values' linear layer <c>[width, width]</c>; its bias is the caller's to add to the result.</param>
    /// <param name="heads">Number of heads.</param>
    static abstract TSelf AbsorbedAttention(TSelf query, TSelf tokens, TSelf keyWeight, TSelf valueWeight, int heads);
}
