using MplugCluster.Gateway.Explain;

namespace MplugCluster.Cluster.Tests.Explain;

public sealed class WordMapsTests
{
    [Fact]
    public void Merge_Pieces_WordsWithTheMeanOfTheirMaps()
    {
        string[] pieces = ["[CLS]", "a", "snow", "##board", "##er", "[UNK]", "!", "[SEP]"];
        float[][] maps = [[1, 0], [0.5f, 0.5f], [0, 1], [0.3f, 0.7f], [0.6f, 0.4f], [1, 0], [0, 1], [1, 0]];

        var words = WordMaps.Merge(pieces, maps);

        Assert.Equal(["a", "snowboarder", "[UNK]", "!"], words.Select(word => word.Token));
        Assert.Equal([0.5f, 0.5f], words[0].Attention);
        Assert.All(words[1].Attention.Zip([0.3f, 0.7f]), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
        Assert.Equal([1, 0], words[2].Attention);
        Assert.Equal([0, 1], words[3].Attention);
    }

    [Fact]
    public void Merge_NoWords_Nothing() => Assert.Empty(WordMaps.Merge(["[CLS]", "[SEP]"], [[1], [1]]));
}
