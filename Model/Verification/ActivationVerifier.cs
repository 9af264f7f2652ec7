using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Verification;

/// <summary>
/// Compares the activations inside the graphs, after every module, with the golden set's <c>debug/</c> arrays (picture 3, caption 3).
/// The shipped graphs are run as they are, with their named inner values turned into outputs.
/// </summary>
sealed class ActivationVerifier(ModelPackage package, GoldenSet golden, EngineOptions engine)
{
    const int Picture = 3;
    const int Caption = 3;
    const string Debug = "debug/";

    /// <summary>The reference writes its layouts into the names; one picture and one text lie the same way in all but the patches.</summary>
    static readonly string[] Layouts = ["_NLD", "_LND", "_NCHW"];

    public IEnumerable<GoldenCheck> Verify()
    {
        var pixels = golden.Floats("pixels");
        var size = pixels.Data.Length / pixels.Shape[0];
        var side = package.Config.ImageResolution;
        var ids = golden.TokenIds(TextConvention.Ms25)[Caption].Select(id => (long)id).ToArray();
        var mask = Enumerable.Repeat(1L, ids.Length).ToArray();
        using var picture = OrtValue.CreateTensorValueFromMemory(pixels.Data[(Picture * size)..((Picture + 1) * size)], [1, 3, side, side]);
        using var idsValue = OrtValue.CreateTensorValueFromMemory(ids, [1, ids.Length]);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, [1, ids.Length]);

        var inner = Run(package.ImageEncoderPath, ["pixels"], [picture]);
        foreach (var (name, value) in Run(package.TextEncoderPath, ["ids", "mask"], [idsValue, maskValue]))
            inner[name] = value;

        using var pair = PairInputs.OfPair(
            package.Config, new ImageFeatures([], inner["image_tokens"]), new TextFeatures([], inner["text_tokens"], ids.Length));
        foreach (var (name, value) in Run(package.PairScorerPath, PairInputs.Names, pair.Values))
            inner[name] = value;

        return golden.Arrays.Where(array => array.StartsWith(Debug, StringComparison.Ordinal)).Select(array => Compare(array, inner)).ToList();
    }

    GoldenCheck Compare(string array, Dictionary<string, float[]> inner)
    {
        var expected = golden.Floats(array);
        var name = Layouts.Aggregate(array[Debug.Length..], (current, layout) => current.Replace(layout, "", StringComparison.Ordinal));
        var difference = !inner.TryGetValue(name, out var found) ? double.PositiveInfinity
            : name == "vis_conv1" ? GoldenVerifier.Difference(Transposed(found, expected.Shape[1]), expected.Data)
            : GoldenVerifier.Difference(found, expected.Data.AsSpan(Start(name, found.Length), found.Length));
        return new GoldenCheck($"activation {name}", difference, golden.Tolerance(array));
    }

    /// <summary>
    /// Where our rows begin in the reference's. It computes padding, which comes last, and in the last fusion layer every token, while
    /// ours computes text token 0 alone; in a concat layer that stands behind the image tokens.
    /// </summary>
    int Start(string name, int length)
    {
        var config = package.Config;
        var last = config.HiddenLayers - 1;
        var onlyFirst = name.StartsWith($"fusion_layer{last}_", StringComparison.Ordinal) && length == config.HiddenSize;
        return onlyFirst && config.IsConcatLayer(config.FusionLayers - 1) ? config.ImageTokens * config.HiddenSize : 0;
    }

    /// <summary>Patches <c>[patches, width]</c> as the convolution's <c>[width, patches]</c>.</summary>
    static float[] Transposed(float[] patches, int width)
    {
        var count = patches.Length / width;
        var result = new float[patches.Length];
        for (var patch = 0; patch < count; patch++)
        {
            for (var channel = 0; channel < width; channel++)
                result[channel * count + patch] = patches[patch * width + channel];
        }

        return result;
    }

    Dictionary<string, float[]> Run(string path, string[] inputs, OrtValue[] values)
    {
        using var graph = new InnerGraph(package, path, engine);
        return graph.Run(inputs, values);
    }
}
