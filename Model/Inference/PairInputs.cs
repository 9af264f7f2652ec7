using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Inference;

/// <summary>The pair scorer's inputs for one run: pictures' tokens, and texts packed as <see cref="PackedTexts{T}"/> says.</summary>
sealed class PairInputs : IDisposable
{
    /// <summary>The input that <see cref="SharedTexts"/> replaces.</summary>
    public const string Packed = "text_tokens";

    readonly OrtValue? given;

    /// <summary>Lays out a run.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="groups">Pictures and texts.</param>
    /// <param name="batch">Which of them.</param>
    /// <param name="onDevice">The pictures' tokens, if they are on the device; they stay the caller's.</param>
    /// <param name="shared">Whether the graph is that of <see cref="SharedTexts"/>: the inputs are <see cref="SharedNames"/>.</param>
    /// <param name="capacity">Places for rows of different texts, for a shape that is always the same; 0: as many as these texts need.</param>
    public PairInputs(
        MplugConfig config, IReadOnlyList<PairGroup> groups, PairBatch batch, OrtValue? onDevice = null, bool shared = false, int capacity = 0)
    {
        given = onDevice;
        var (images, texts, rows, length, hidden) = (batch.Images, batch.TextsPerImage, batch.TokensPerImage, batch.Length, config.HiddenSize);
        var different = new DifferentTexts();
        var tokens = shared ? [] : new float[images * rows * hidden];
        var chosenRows = shared ? new long[images * rows] : [];
        var (places, mask, back) = (new long[images * texts * length], new long[images * texts * length], new long[images * rows]);
        for (var image = 0; image < batch.Rows.Count; image++)
        {
            var (group, chosen) = batch.Rows[image];
            var (row, last) = (image * rows, image * rows);
            for (var place = 0; place < texts; place++)
            {
                // A place beyond the last text has the last text's rows once more.
                var text = groups[group].Texts[chosen[Math.Min(place, chosen.Length - 1)]];
                var first = place < chosen.Length ? row : last;
                var at = (image * texts + place) * length;
                places.AsSpan(at, length).Fill(first);
                mask.AsSpan(at, text.Length).Fill(1);
                for (var token = 0; token < text.Length; token++)
                    places[at + token] = first + token;
                if (place >= chosen.Length)
                    continue;
                if (!shared)
                    text.Tokens.CopyTo(tokens, first * hidden);
                else
                    different.Rows(text).CopyTo(chosenRows.AsSpan(first));
                for (var token = 0; token < text.Length; token++)
                    back[first + token] = at + token;
                (last, row) = (first, row + text.Length);
            }
        }

        // A place for a picture that has none holds texts of one token, for attention to nothing is defined nowhere.
        for (var text = batch.Rows.Count * texts; text < images * texts; text++)
            mask[text * length] = 1;

        Values =
        [
            onDevice ?? OrtValue.CreateTensorValueFromMemory(ImageTokens(config, groups, batch), [images, config.ImageTokens, hidden]),
            .. shared
                ? (OrtValue[])
                [
                    OrtValue.CreateTensorValueFromMemory(chosenRows, [images, rows]),
                    different.Tokens(hidden, capacity > 0 ? capacity : Math.Min(ShapeBuckets.Up(different.Count), images * rows)),
                ]
                : [OrtValue.CreateTensorValueFromMemory(tokens, [images, rows, hidden])],
            OrtValue.CreateTensorValueFromMemory(places, [images, texts, length]),
            OrtValue.CreateTensorValueFromMemory(mask, [images, texts, length]),
            OrtValue.CreateTensorValueFromMemory(back, [images, rows]),
        ];
    }

    /// <summary>Names of the inputs.</summary>
    public static string[] Names { get; } = ["image_tokens", Packed, "places", "mask", "back"];

    /// <summary>The same of the graph whose texts are sent once.</summary>
    public static string[] SharedNames { get; } = ["image_tokens", SharedTexts.Rows, SharedTexts.Tokens, "places", "mask", "back"];

    /// <summary>The inputs, in the order of <see cref="Names"/> or <see cref="SharedNames"/>.</summary>
    public OrtValue[] Values { get; }

    /// <summary>One pair without anything beside it: every row is a token, every place another one.</summary>
    public static PairInputs OfPair(MplugConfig config, ImageFeatures image, TextFeatures text) =>
        new(config, [new PairGroup(image, [text])], new PairBatch([(0, [0])], 1, 1, text.Length, text.Length, Absorbed: false));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in Values)
        {
            if (value != given)
                value.Dispose();
        }
    }

    static float[] ImageTokens(MplugConfig config, IReadOnlyList<PairGroup> groups, PairBatch batch)
    {
        if (batch.Images == 1)
            return groups[batch.Rows[0].Group].Image.Tokens.ToSingles();
        var joined = new float[batch.Images * config.ImageTokens * config.HiddenSize];
        var offset = 0;
        foreach (var (group, _) in batch.Rows)
        {
            var part = groups[group].Image.Tokens;
            part.CopyTo(joined.AsSpan(offset));
            offset += part.Count;
        }

        return joined;
    }
}
