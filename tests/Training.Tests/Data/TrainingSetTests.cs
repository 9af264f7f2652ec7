using MplugCluster.Training.Data;

namespace MplugCluster.Training.Tests.Data;

public sealed class TrainingSetTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public TrainingSetTests()
    {
        File.WriteAllText(folder.File("a.png"), "");
        File.WriteAllText(folder.File("b.png"), "");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_TheReferencesJson_PairsWithIdentitiesOfImageIds()
    {
        var set = Load("t.json", """
            [{"image": "a.png", "caption": "one", "image_id": "x_1"}, {"image": "b.png", "caption": "two", "image_id": "x_2"},
             {"image": "a.png", "caption": "three", "image_id": "x_1"}]
            """);

        Assert.Equal(["one", "two", "three"], set.Pairs.Select(pair => pair.Caption));
        Assert.Equal([0, 1, 0], set.Pairs.Select(pair => pair.Identity));
        Assert.Equal(folder.File("b.png"), set.Pairs[1].Picture);
        Assert.Equal(2, set.Pictures);
    }

    [Fact]
    public void Load_Groups_AreNumberedAndMayBeLeftOut()
    {
        var set = Load("t.jsonl", """
            {"image": "a.png", "caption": "one", "group": "dogs"}
            {"image": "b.png", "caption": "two", "group": 7}
            {"image": "b.png", "caption": "three", "group": null}
            {"image": "b.png", "caption": "four", "group": "dogs"}
            """);

        Assert.Equal([0, 1, null, 0], set.Pairs.Select(pair => pair.Group));
    }

    [Fact]
    public void Load_ListsOfCaptions_APairForEach()
    {
        var set = Load("t.json", """[{"image": "a.png", "caption": ["one", "two"]}, {"image": "b.png", "caption": "three"}]""");

        Assert.Equal([0, 0, 1], set.Pairs.Select(pair => pair.Identity));
    }

    [Fact]
    public void Load_KarpathysSplits_TakesTrainAndRestval()
    {
        var set = Load("dataset.json", """
            {"images": [
              {"filename": "a.png", "split": "train", "sentences": [{"raw": "one"}, {"raw": "two"}]},
              {"filename": "b.png", "split": "restval", "sentences": [{"raw": "three"}]},
              {"filename": "c.png", "split": "test", "sentences": [{"raw": "never"}]}]}
            """);

        Assert.Equal(["one", "two", "three"], set.Pairs.Select(pair => pair.Caption));
    }

    [Fact]
    public void Load_JsonLines_SkipsEmptyOnes()
    {
        var set = Load("t.jsonl", "{\"image\": \"a.png\", \"caption\": \"one\"}\n\n{\"image\": \"b.png\", \"text\": \"two\"}\n");

        Assert.Equal(["one", "two"], set.Pairs.Select(pair => pair.Caption));
    }

    [Fact]
    public void Load_MsDatasetsCsv_ReadsQuotedCaptions()
    {
        var set = Load("t.csv", "image:FILE,question:Value,answer:Value\na.png,q,\"a dog, running\"\nb.png,q,a cat\n");

        Assert.Equal(["a dog, running", "a cat"], set.Pairs.Select(pair => pair.Caption));
    }

    [Fact]
    public void Load_MissingPicturesAndEmptyCaptions_AllToldAtOnce()
    {
        var error = Assert.Throws<TrainingDataException>(() => Load("t.json", """
            [{"image": "a.png", "caption": " "}, {"image": "gone.png", "caption": "x"}, {"image": "b.png", "caption": "y"}]
            """));

        Assert.Contains("have 2 faults", error.Message);
        Assert.Contains("entry 0 (a.png): the caption is empty", error.Message);
        Assert.Contains($"entry 1: there is no picture '{folder.File("gone.png")}'", error.Message);
    }

    [Theory]
    [InlineData("t.json", "[{\"image\": \"a.png\"}]", "entry 0 (a.png): 'caption' is missing.")]
    [InlineData("t.json", "[{\"caption\": \"x\"}]", "entry 0: 'image' must be a path.")]
    [InlineData("t.json", "{}", "neither a JSON list of pictures with captions nor a Karpathy split file")]
    [InlineData("t.json", "[", "is not valid JSON")]
    [InlineData("t.jsonl", "{\"image\": \"a.png\", \"caption\": \"x\"}\n{", ", line 2 is not valid JSON")]
    [InlineData("t.csv", "picture,answer:Value\na.png,x\n", "has no column image:FILE or image; it has picture, answer:Value")]
    [InlineData("t.csv", "image,caption\na.png,x\nb.png\n", "t.csv' is not a CSV file of pictures and captions: Found 1 column(s)")]
    [InlineData("t.json", "{\"images\": [{\"filename\": \"a.png\", \"split\": \"test\", \"sentences\": []}]}", "no picture of the split 'train' or 'restval'; it has the splits test.")]
    [InlineData("t.txt", "", "annotations are .json, .jsonl or .csv, not '.txt'")]
    [InlineData("t.json", "[{\"image\": \"a.png\", \"caption\": \"x\"}]", "1 captions of 1 pictures; two pictures are the least")]
    public void Load_BadFile_SaysWhatIsWrong(string name, string content, string message) =>
        Assert.Contains(message, Assert.Throws<TrainingDataException>(() => Load(name, content)).Message);

    [Fact]
    public void Load_NoFile_SaysSo() =>
        Assert.Contains("There is no file", Assert.Throws<TrainingDataException>(() => TrainingSet.Load([folder.File("none.json")], null)).Message);

    [Fact]
    public void Order_OfAnEpoch_IsItsOwnAndFillsBatches()
    {
        var order = new BatchOrder(Pairs([0, 1, 2, 3, 4, 5, 6]), batch: 3, seed: 1);

        Assert.Equal(2, order.Batches);
        Assert.Equal(order.Of(0), order.Of(0));
        Assert.NotEqual(order.Of(0).SelectMany(items => items), order.Of(1).SelectMany(items => items));
        Assert.Equal(6, order.Of(0).SelectMany(items => items).Distinct().Count());
    }

    [Fact]
    public void Order_Groups_EachPictureOnceInAHand()
    {
        // 40 pictures of 3 captions: groups of two pictures, and ten pictures without a group.
        var lines = Enumerable.Range(0, 120).Select(number => number / 3)
            .Select(picture => $$"""{"image": "a.png", "caption": "x", "image_id": {{picture}}, "group": {{(picture < 30 ? picture / 2 : "null")}}}""");
        var set = Load("t.jsonl", string.Join('\n', lines));
        var order = new BatchOrder(set, batch: 120, seed: 1).Of(0)[0];

        Assert.Equal(Enumerable.Range(0, 120), order.Order());
        var hands = order.Index().Where(place => set.Pairs[place.Item].Group is not null).Chunk(2).ToList();
        Assert.All(hands, hand =>
        {
            Assert.Equal(hand[0].Index + 1, hand[1].Index);
            Assert.Equal(set.Pairs[hand[0].Item].Group, set.Pairs[hand[1].Item].Group);
            Assert.NotEqual(set.Pairs[hand[0].Item].Identity, set.Pairs[hand[1].Item].Identity);
        });
        Assert.NotEqual(hands.Select(hand => set.Pairs[hand[0].Item].Group!.Value).Order(), hands.Select(hand => set.Pairs[hand[0].Item].Group!.Value));
    }

    [Fact]
    public void Order_ManyCaptionsOfOnePicture_EveryBatchHasTwoPictures()
    {
        var set = Pairs([0, 0, 0, 0, 0, 0, 1, 2, 3, 0]);

        for (var epoch = 0; epoch < 50; epoch++)
            Assert.All(new BatchOrder(set, batch: 3, seed: 1).Of(epoch), items => Assert.InRange(items.Select(item => set.Pairs[item].Identity).Distinct().Count(), 2, 3));
    }

    [Fact]
    public void Order_HardlyAnyOtherPicture_SaysSo() => Assert.Contains(
        "Most captions are of one picture",
        Assert.Throws<TrainingDataException>(() => new BatchOrder(Pairs([0, 0, 0, 0, 0, 1]), batch: 2, seed: 1).Of(0)).Message);

    TrainingSet Pairs(int[] identities)
    {
        File.WriteAllText(folder.File("pairs.json"), System.Text.Json.JsonSerializer.Serialize(
            identities.Select((identity, i) => new { image = "a.png", caption = $"c{i}", image_id = identity })));
        return TrainingSet.Load([folder.File("pairs.json")], null);
    }

    TrainingSet Load(string name, string content)
    {
        File.WriteAllText(folder.File(name), content);
        return TrainingSet.Load([folder.File(name)], null);
    }
}
