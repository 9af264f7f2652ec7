using System.Text.Json;
using MplugCluster.Model.Numpy;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Tests.Text;

public sealed class CaptionTokenizerTests
{
    public static TheoryData<string, TextConvention> SetsAndConventions =>
        [.. Repository.GoldenSets.SelectMany(set => Enum.GetValues<TextConvention>().Select(convention => (set, convention)))];

    public static TheoryData<string> Sets => [.. Repository.GoldenSets];

    [Theory, MemberData(nameof(SetsAndConventions))]
    public void Encode_ReferenceCaptions_SameIds(string set, TextConvention convention)
    {
        var tokenizer = CaptionTokenizer.Load(Path.Combine(Repository.Golden(set), "vocab.txt"));
        var captions = Captions(set);
        var ids = NpyFile.Read<long>(Path.Combine(Repository.Golden(set), "expected", $"ids_{convention.Name()}.npy"));
        var mask = NpyFile.Read<long>(Path.Combine(Repository.Golden(set), "expected", $"mask_{convention.Name()}.npy"));
        var width = CaptionTokenizer.MaxLength(convention);
        Assert.Equal([captions.Length, width], ids.Shape);
        for (var row = 0; row < captions.Length; row++)
        {
            var expected = Enumerable.Range(row * width, width).Where(at => mask.Data[at] == 1).Select(at => (int)ids.Data[at]);
            Assert.Equal(expected, tokenizer.Encode(captions[row], convention));
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void Tokenize_ReferenceCaptions_SamePieces(string set)
    {
        var tokenizer = CaptionTokenizer.Load(Path.Combine(Repository.Golden(set), "vocab.txt"));
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Golden(set), "expected", "tokens.json")));
        var captions = Captions(set);
        var checkedTexts = 0;
        foreach (var entry in json.RootElement.EnumerateArray())
        {
            Assert.Equal(entry.GetProperty("lower").GetString(), PythonLower.Lower(captions[checkedTexts]));
            Assert.Equal(Pieces(entry, "tokens"), tokenizer.Tokenize(entry.GetProperty("lower").GetString()!));
            Assert.Equal(entry.GetProperty("pre_caption").GetString(), CaptionPreparation.Prepare(captions[checkedTexts]));
            Assert.Equal(Pieces(entry, "pre_caption_tokens"), tokenizer.Tokenize(entry.GetProperty("pre_caption").GetString()!));
            checkedTexts++;
        }

        Assert.Equal(captions.Length, checkedTexts);
    }

    [Theory]
    [InlineData("ΟΔΟΣ Σ ΛΟΓΟΣ.", "οδος σ λογος.")]
    [InlineData("ΑΣ'Α", "ασ'α")]
    [InlineData("İstanbul", "i\u0307stanbul")]
    [InlineData("STRASSE ẞ Ⱥ 𐐀", "strasse ß ⱥ 𐐨")]
    public void Lower_SpecialCases_LikePython(string text, string expected) => Assert.Equal(expected, PythonLower.Lower(text));

    [Theory]
    [InlineData("Crème ñ Å Ǖ", "Creme n A U")]
    [InlineData("각", "\u1100\u1161\u11A8")]
    [InlineData("ﬁ œ", "ﬁ œ")]
    public void Strip_Accents_LikeNfd(string text, string expected) => Assert.Equal(expected, AccentStripper.Strip(text));

    [Fact]
    public void Load_SpecialTokenMissing_NamesIt()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "[PAD]\n[UNK]\n[CLS]\nword\n");
            Assert.Equal($"'{path}' lacks the special tokens [SEP].", Assert.Throws<InvalidDataException>(() => CaptionTokenizer.Load(path)).Message);
            File.WriteAllText(path, "[PAD]\n[UNK]\n[CLS]\n[SEP]\nword\nword\n");
            Assert.Equal($"'{path}' has 'word' twice: in line 5 and in line 6.", Assert.Throws<InvalidDataException>(() => CaptionTokenizer.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    static IEnumerable<string> Pieces(JsonElement entry, string property) =>
        entry.GetProperty(property).EnumerateArray().Select(piece => piece.GetString()!);

    static string[] Captions(string set) =>
        JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(Path.Combine(Repository.Golden(set), "texts.json")))!;

    [Fact]
    public void Encode_MillionsOfWords_OnlyTheFirstAreLookedAt()
    {
        var tokenizer = CaptionTokenizer.Load(Path.Combine(Repository.Golden("tiny-stride3"), "vocab.txt"));
        var words = string.Join(' ', Enumerable.Repeat(new string('q', 100), 30_000));

        var ids = tokenizer.Encode(words, TextConvention.Ms25);

        Assert.Equal(CaptionTokenizer.MaxLength(TextConvention.Ms25), ids.Length);
        Assert.Equal(tokenizer.Encode(words[..3000], TextConvention.Ms25), ids);
    }
}
