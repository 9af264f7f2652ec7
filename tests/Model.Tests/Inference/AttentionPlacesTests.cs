using System.Text.Json;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>
/// Whether words look where they should, in the trained model: a word of colour or shape at the shape that has this colour. Where that is, the
/// pixels say: of the samples only colours that no background has.
/// </summary>
public sealed class AttentionPlacesTests
{
    /// <summary>The layer that <c>/v1/explain</c> shows of three.</summary>
    const int MiddleLayer = 1;

    /// <summary>Share of a patch's pixels from which on it belongs to the shape.</summary>
    const double EnoughOfAPatch = 0.15;

    static readonly string[] Shapes = ["square", "hexagon", "cross", "circle", "ring", "diamond", "star", "triangle"];

    [Fact]
    public void Explain_WordsOfColouredShapes_LookAtTheShape()
    {
        using var engine = new OnnxInferenceEngine(ModelPackage.Open(Repository.Scenes));
        var found = Enumerable.Range(0, engine.Config.FusionLayers).Select(layer => Measure(engine, layer)).ToArray();

        // Attention to the shape's patches, as a multiple of an even map's, and how often the most attended patch is one of them. Measured, by layer:
        // colour words 1.2, 4.8, 4.4; shape words 3.9, 5.1, 4.1; best patch 55, 66, 64 % (a seventh by chance) of 176 words.
        var middle = found[MiddleLayer];
        Assert.True(middle.Words > 150);
        Assert.True(middle is { Colour: > 4, Shape: > 4, Hits: > 0.6 }, $"{middle}");
        Assert.All(found, layer => Assert.True(layer.Hits <= middle.Hits && layer.Shape <= middle.Shape && layer.Colour <= middle.Colour, $"{layer}"));
    }

    static (double Colour, double Shape, double Hits, int Words) Measure(OnnxInferenceEngine engine, int layer)
    {
        var tokenizer = CaptionTokenizer.Load(ModelPackage.Open(Repository.Scenes, checkContent: false).VocabularyPath);
        var preprocessor = new PicturePreprocessor(engine.Config.ImageResolution);
        using var annotations = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("samples", "annotations.json")));
        var (colours, shapes, hits) = (new List<double>(), new List<double>(), 0);
        foreach (var scene in annotations.RootElement.EnumerateArray().Take(100))
        {
            var file = File.ReadAllBytes(Path.Combine(Repository.Pictures, scene.GetProperty("image").GetString()!));
            Assert.True(preprocessor.TryPreprocess(file, true, out var pixels, out _));
            var image = engine.EncodeImages([pixels])[0];
            var caption = scene.GetProperty("caption")[0].GetString()!;
            var ids = tokenizer.Encode(caption, TextConvention.Ms25);
            var maps = engine.Explain(image, engine.EncodeTexts([ids])[0], layer).Maps();
            var patches = engine.Config.ImageTokens - 1;
            for (var token = 0; token < ids.Length - 1; token++)
            {
                if (Hue(tokenizer.Piece(ids[token])!) is not { } hue || Place(pixels, hue, engine.Config.Grid) is not { } place)
                    continue;
                foreach (var (word, lifts) in new[] { (token, colours), (token + 1, shapes) })
                {
                    if (word != token && !Shapes.Contains(tokenizer.Piece(ids[word])))
                        continue;
                    var map = maps.AsSpan(word * patches, patches).ToArray();
                    lifts.Add(place.Sum(patch => map[patch]) * patches / place.Length);
                    hits += place.Contains(Array.IndexOf(map, map.Max())) ? 1 : 0;
                }
            }
        }

        return (colours.Average(), shapes.Average(), (double)hits / (colours.Count + shapes.Count), colours.Count + shapes.Count);
    }

    /// <summary>Hue of a colour that only shapes have, in degrees.</summary>
    static (double From, double To)? Hue(string word) => word switch
    {
        "red" => (-12, 12),
        "yellow" => (48, 62),
        "purple" => (265, 300),
        "pink" => (315, 345),
        _ => null,
    };

    /// <summary>Patches that show a hue; null where the picture hardly has it, or has it all over.</summary>
    static int[]? Place(float[] pixels, (double From, double To) hue, int grid)
    {
        var size = (int)Math.Sqrt(pixels.Length / 3);
        var (patch, counts) = (size / grid, new int[grid * grid]);
        for (var at = 0; at < size * size; at++)
        {
            if (IsOf(pixels, at, size * size, hue))
                counts[at / size / patch * grid + at % size / patch]++;
        }

        var place = Enumerable.Range(0, counts.Length).Where(i => counts[i] >= EnoughOfAPatch * patch * patch).ToArray();
        return place.Length >= 1 && place.Length <= counts.Length / 3 ? place : null;
    }

    static bool IsOf(float[] pixels, int at, int plane, (double From, double To) hue)
    {
        var red = pixels[at] * 0.26862954 + 0.48145466;
        var green = pixels[plane + at] * 0.26130258 + 0.4578275;
        var blue = pixels[2 * plane + at] * 0.27577711 + 0.40821073;
        var (most, least) = (Math.Max(red, Math.Max(green, blue)), Math.Min(red, Math.Min(green, blue)));
        if (most < 0.4 || (most - least) / most < 0.4)
            return false;
        var sector = most == red ? (green - blue) / (most - least) : most == green ? 2 + (blue - red) / (most - least) : 4 + (red - green) / (most - least);
        var degrees = sector * 60;
        return (degrees >= hue.From && degrees <= hue.To) || (degrees + 360 >= hue.From && degrees + 360 <= hue.To);
    }
}
