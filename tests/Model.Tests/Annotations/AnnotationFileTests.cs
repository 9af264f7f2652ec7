using System.Text;
using MplugCluster.Model.Annotations;
using MplugCluster.Model.Evaluation;

namespace MplugCluster.Model.Tests.Annotations;

/// <summary>The forms of annotation files, and what a broken one says. What training makes of them is tested there.</summary>
public sealed class AnnotationFileTests
{
    [Theory]
    [InlineData("json", """[{"image": "a.png", "caption": "one"}, {"image": "b.png", "caption": ["two", "three"]}, {"image": "a.png", "caption": "four"}]""")]
    [InlineData("jsonl", "{\"image\": \"a.png\", \"caption\": \"one\"}\n\n{\"image\": \"b.png\", \"text\": [\"two\", \"three\"]}\r\n{\"image\": \"a.png\", \"caption\": \"four\"}")]
    [InlineData("csv", "image:FILE,answer:Value\na.png,one\nb.png,two\nb.png,\"three\"\na.png,four\n")]
    [InlineData("json", """
        {"images": [{"filename": "a.png", "split": "test", "sentences": [{"raw": "one"}, {"raw": "four"}]},
                    {"filename": "b.png", "split": "test", "sentences": [{"raw": "two"}, {"raw": "three"}]},
                    {"filename": "c.png", "split": "val", "sentences": [{"raw": "never"}]}]}
        """)]
    public void Evaluation_OfAnyForm_GroupsTheCaptionsOfAPicture(string format, string content)
    {
        foreach (var mark in (string[])["", "\uFEFF"])
        {
            var set = RetrievalAnnotations.Parse($"t.{format}", format, Encoding.UTF8.GetBytes(mark + content));

            Assert.Equal(["a.png", "b.png"], set.Images);
            Assert.Equal(["one", "four", "two", "three"], set.Captions);
            Assert.Equal([0, 0, 1, 1], set.ImageOfCaption);
            Assert.Equal([[0, 1], [2, 3]], set.CaptionsOfImage);
        }
    }

    [Fact]
    public void Evaluation_OfAnotherSplit_TakesThatOne()
    {
        const string Dataset = """
            {"images": [{"filename": "a.png", "split": "test", "sentences": [{"raw": "one"}]},
                        {"filepath": "val2014", "filename": "b.png", "split": "val", "sentences": [{"raw": "two"}]}]}
            """;

        var set = RetrievalAnnotations.Parse("t.json", "json", Encoding.UTF8.GetBytes(Dataset), "val");

        Assert.Equal(["val2014/b.png"], set.Images);
        Assert.Equal(["two"], set.Captions);
    }

    [Fact]
    public void Evaluation_PictureWithoutCaptions_StaysInTheSet()
    {
        var set = RetrievalAnnotations.Parse("t.json", "json", """[{"image": "a.png", "caption": []}, {"image": "b.png", "caption": "x"}]"""u8.ToArray());

        Assert.Equal([[], [0]], set.CaptionsOfImage);
    }

    [Theory]
    [InlineData("json", "{}", "'t.json' is neither a JSON list of pictures with captions nor a Karpathy split file.")]
    [InlineData("json", "[{\"image\":\"a.png\",\"caption\":[\"x\"]},{\"image\":\"b.png\"}]", "'t.json', entry 1 (b.png): 'caption' is missing.")]
    [InlineData("json", "[{\"caption\":\"x\"}]", "'t.json', entry 0: 'image' must be a path.")]
    [InlineData("json", "[3]", "'t.json', entry 0: 'image' must be a path.")]
    [InlineData("json", "[{\"image\":\"a.png\",\"caption\":[1]}]", "'t.json', entry 0 (a.png): 'caption' must be a text or a list of texts.")]
    [InlineData("json", "[]", "'t.json' has 0 pictures and no captions; both are needed.")]
    [InlineData("json", "[", "'t.json' is not valid JSON: ")]
    [InlineData("json", "{\"images\": [{}]}", "'t.json', image 0: 'filename' must be a path.")]
    [InlineData("json", "{\"images\": [{\"filename\": \"a.png\", \"split\": \"test\"}]}", "'t.json', image 0 (a.png): 'sentences' must be a list.")]
    [InlineData("json", "{\"images\": [{\"filename\": \"a.png\", \"sentences\": [{}]}]}", "'t.json', image 0 (a.png): a sentence has no 'raw' text.")]
    [InlineData("json", "{\"images\": [{\"filename\": \"a.png\", \"split\": \"train\"}]}", "'t.json' has no picture of the split 'test'; it has the splits train.")]
    [InlineData("jsonl", "{\"image\": \"a.png\", \"caption\": \"x\"}\n\n{\"image\": 3}", "'t.jsonl', line 3: 'image' must be a path.")]
    [InlineData("jsonl", "{\"image\": \"a.png\", \"caption\": \"x\"}\n{", "'t.jsonl', line 2 is not valid JSON: ")]
    [InlineData("csv", "", "'t.csv' is not a CSV file of pictures and captions: it is empty; a header line names its columns.")]
    [InlineData("csv", "image,label\na.png,3\n", "it has no column answer:Value or answer or caption or text; it has image, label.")]
    [InlineData("csv", "image,caption\na.png,x\n,y\n", "'t.csv' is not a CSV file of pictures and captions: line 3: 'image' must be a path.")]
    [InlineData("csv", "image,caption\na.png,x\nb.png\n", "Found 1 column(s) on row 2")]
    [InlineData("txt", "a.png a dog", "'t.txt': annotations are .json, .jsonl or .csv, not '.txt'.")]
    public void Evaluation_OtherForm_SaysWhere(string format, string content, string message) => Assert.Contains(
        message, Assert.Throws<InvalidDataException>(() => RetrievalAnnotations.Parse($"t.{format}", format, Encoding.UTF8.GetBytes(content))).Message);
}
