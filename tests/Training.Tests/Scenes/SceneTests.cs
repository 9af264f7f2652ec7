using System.Text.Json;
using System.Text.RegularExpressions;
using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;
using MplugCluster.Training.Data;
using MplugCluster.Training.Scenes;

namespace MplugCluster.Training.Tests.Scenes;

public sealed partial class SceneTests : IDisposable
{
    const int Many = 3000;

    static readonly (Scene Scene, string[] Captions)[] Made =
    [
        .. Enumerable.Range(0, Many).Select(number =>
        {
            var random = StepRandom.Of(11, "scene", number);
            var scene = Scene.Random(random);
            return (scene, SceneCaptions.Of(scene, 5, random));
        }),
    ];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Captions_OfAScene_AreDifferentAndInTheModelsWords()
    {
        var tokenizer = CaptionTokenizer.Load(ModelPackage.Open(Repository.Scenes).VocabularyPath);

        Assert.All(Made, made =>
        {
            Assert.Equal(5, made.Captions.Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.All(made.Captions, caption =>
            {
                Assert.DoesNotContain(tokenizer.Tokenize(caption), piece => piece.StartsWith("##", StringComparison.Ordinal) || piece == "[UNK]");
                Assert.True(tokenizer.Encode(caption, TextConvention.Ms25).Length <= 25, caption);
            });
        });
    }

    [Fact]
    public void Captions_CoverThePhrasingsOfTheSamples()
    {
        var made = Made.SelectMany(scene => scene.Captions).Select(Phrasing).ToHashSet();
        var samples = RetrievalAnnotations.Load(Path.Combine(Repository.Root, "samples", "annotations.json")).Captions.Select(Phrasing).ToList();

        Assert.True(samples.Count >= 10);
        Assert.Empty(samples.Except(made));
    }

    [Fact]
    public void Captions_Relations_AreTrue()
    {
        foreach (var (scene, captions) in Made.Where(made => made.Scene.Objects.Count > 1))
        {
            foreach (var caption in captions.Where(caption => Related().IsMatch(caption)))
            {
                var words = Related().Match(caption.ToLowerInvariant().TrimEnd('.'));
                var (a, b) = (Named(scene, words.Groups["a"].Value), Named(scene, words.Groups["b"].Value));
                var holds = words.Groups["relation"].Value switch
                {
                    "above" => a.Y < b.Y,
                    "below" or "under" => a.Y > b.Y,
                    "left of" or "to the left of" => a.X < b.X,
                    _ => a.X > b.X,
                };
                Assert.True(holds, caption);
            }
        }
    }

    [Fact]
    public void Scenes_AllWordsOfTheWorld_Occur()
    {
        var objects = Made.SelectMany(made => made.Scene.Objects).ToList();

        Assert.Equal(SceneWords.Colors.Length, objects.Select(shape => shape.Color).Distinct().Count());
        Assert.Equal(SceneWords.Forms.Length, objects.Select(shape => shape.Form).Distinct().Count());
        Assert.Equal(SceneWords.Patterns.Length, objects.Select(shape => shape.Pattern).Distinct().Count());
        Assert.Equal(SceneWords.Backgrounds.Length, Made.Select(made => made.Scene.Background).Distinct().Count());
        Assert.All(objects, shape => Assert.True(shape.X is > 0 and < 1 && shape.Y is > 0 and < 1));
    }

    [Fact]
    public void Variation_OfAScene_DiffersInOneThingAndIsSound()
    {
        var changed = new HashSet<string>();
        foreach (var (number, (scene, _)) in Made.Index())
        {
            if (new SceneVariation(scene, StepRandom.Of(12, "variation", number)).Next() is not { } other)
                continue;
            Assert.True(other.IsSound);
            Assert.Equal((scene.Width, scene.Height, scene.Background), (other.Width, other.Height, other.Background));
            var different = scene.Objects.Zip(other.Objects).Where(pair => pair.First != pair.Second).ToList();
            Assert.InRange(different.Count, 1, 2);
            string[][] things = [.. different.Select(pair => Things(pair.First, pair.Second).ToArray())];
            Assert.All(things, thing => Assert.Equal(things[0], thing));
            changed.Add($"{different.Count} {Assert.Single(things[0])}");
        }

        Assert.Equal(["1 color", "1 form", "1 pattern", "1 place", "1 size", "2 color", "2 form", "2 place"], changed.Order());

        static IEnumerable<string> Things(SceneObject first, SceneObject second)
        {
            if (first.Color != second.Color)
                yield return "color";
            if (first.Form != second.Form)
                yield return "form";
            if (first.Pattern != second.Pattern)
                yield return "pattern";
            if (first.Large != second.Large)
                yield return "size";
            if ((first.X, first.Y) != (second.X, second.Y))
                yield return "place";
        }
    }

    [Fact]
    public void Captions_WithOtherScenes_AreFalseOfThem()
    {
        var circle = new SceneObject(0, 0, 0, true, 0.3, 0.2, 0.2, 0);
        var square = new SceneObject(2, 1, 1, false, 0.3, 0.8, 0.11, 0);
        var scene = new Scene(144, 144, 0, [circle, square]);
        var exchanged = scene with { Objects = [circle with { Y = 0.8 }, square with { Y = 0.2 }] };

        var captions = SceneCaptions.Of(scene, 20, new Random(1), exchanged);

        Assert.Equal(20, captions.Length);
        Assert.All(captions, caption => Assert.Matches("circle above|square (below|under)", caption));
        Assert.Empty(SceneCaptions.Of(scene, 5, new Random(1), scene));
    }

    [Theory]
    [InlineData("circle", true, true)]
    [InlineData("ring", false, true)]
    [InlineData("cross", true, false)]
    [InlineData("star", true, false)]
    public void Form_MiddleAndADiagonalPoint_BelongOrNot(string form, bool middle, bool diagonal)
    {
        var number = Array.IndexOf(SceneWords.Forms, form);

        Assert.Equal(middle, SceneForm.Contains(number, 0, 0));
        Assert.Equal(diagonal, SceneForm.Contains(number, 0.6, 0.6));
        Assert.False(SceneForm.Contains(number, 0.9, 0.9));
    }

    [Fact]
    public void Write_SameSeed_SameBytesAndTwoAnnotationFiles()
    {
        Assert.Equal(20, SceneSet.Write(folder.File("a"), 4, 5, alike: 1, seed: 3));
        SceneSet.Write(folder.File("b"), 6, 5, alike: 1, seed: 3);

        for (var number = 0; number < 4; number++)
            Assert.Equal(File.ReadAllBytes(folder.File($"a/pictures/scene0000{number}.png")), File.ReadAllBytes(folder.File($"b/pictures/scene0000{number}.png")));
        var set = TrainingSet.Load([folder.File("a/train.json")], null);
        Assert.Equal((20, 4), (set.Pairs.Count, set.Pictures));
        var annotations = RetrievalAnnotations.Load(folder.File("a/test.json"));
        Assert.Equal(set.Pairs.Select(pair => pair.Caption), annotations.Captions);
        Assert.True(new PicturePreprocessor(96).TryPreprocess(File.ReadAllBytes(set.Pairs[0].Picture), true, out _, out var error), error?.Reason);
        Assert.Equal(["caption", "image", "image_id"], JsonDocument.Parse(File.ReadAllBytes(folder.File("a/train.json"))).RootElement[0].EnumerateObject().Select(p => p.Name).Order());
    }

    [Fact]
    public void Write_Alike_GroupsOfPicturesWithCaptionsOfTheirOwn()
    {
        Assert.Equal(35, SceneSet.Write(folder.File("a"), 7, 5, alike: 3, seed: 3));

        var set = TrainingSet.Load([folder.File("a/train.json")], null);
        Assert.Equal([0, 0, 0, 1, 1, 1, 2], set.Pairs.GroupBy(pair => pair.Identity).Select(picture => picture.First().Group!.Value));
        Assert.All(set.Pairs.GroupBy(pair => (pair.Group, Caption: pair.Caption.ToLowerInvariant().TrimEnd('.'))), same => Assert.Single(same.DistinctBy(pair => pair.Identity)));
    }

    [Fact]
    public void Write_DirectoryInUse_IsRefused()
    {
        File.WriteAllText(folder.File("x"), "");

        Assert.Contains("is not empty", Assert.Throws<TrainingDataException>(() => SceneSet.Write(folder.Path, 1, 1, 1, 1)).Message);
    }

    static SceneObject Named(Scene scene, string name) => scene.Objects.Single(shape =>
        name.EndsWith($"{SceneWords.Colors[shape.Color].Name} {SceneWords.Forms[shape.Form]}", StringComparison.Ordinal));

    /// <summary>A caption with its objects and backgrounds left out.</summary>
    static string Phrasing(string caption) => Background().Replace(Object().Replace(caption.ToLowerInvariant().TrimEnd('.'), "OBJECT"), "BACKGROUND");

    const string ObjectPattern = "an? (small |large )?(striped |dotted )?(red|green|blue|yellow|orange|purple|pink|brown|black|white) (circle|square|triangle|star|diamond|hexagon|cross|ring)";

    [GeneratedRegex(ObjectPattern)]
    private static partial Regex Object();

    [GeneratedRegex("sky|grass|sand|grey|night")]
    private static partial Regex Background();

    [GeneratedRegex($"(?<a>{ObjectPattern}) (?<relation>above|below|under|to the left of|to the right of|left of|right of) (?<b>{ObjectPattern})")]
    private static partial Regex Related();
}
