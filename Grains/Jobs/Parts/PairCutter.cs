using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>Cuts a block's pairs into parts: by picture, in the order of content hashes, so that the cut follows from the pairs alone.</summary>
sealed class PairCutter(int pairsPerPart, int picturesPerPart)
{
    readonly SortedDictionary<string, (PictureReference Picture, SortedSet<int> Texts)> pictures = new(StringComparer.Ordinal);

    /// <summary>Adds a pair; one that is there already is one pair with it.</summary>
    public void Add(PictureReference picture, int text)
    {
        if (!pictures.TryGetValue(picture.ContentHash, out var group))
            pictures[picture.ContentHash] = group = (picture, []);
        group.Texts.Add(text);
    }

    /// <summary>The parts; a picture with very many texts is in several.</summary>
    public List<PictureTexts[]> Parts()
    {
        var parts = new List<PictureTexts[]>();
        var part = new List<PictureTexts>();
        var pairs = 0;
        foreach (var (picture, texts) in pictures.Values)
        {
            foreach (var some in texts.Chunk(pairsPerPart))
            {
                if (part.Count > 0 && (pairs + some.Length > pairsPerPart || part.Count == picturesPerPart))
                {
                    parts.Add([.. part]);
                    part.Clear();
                    pairs = 0;
                }

                part.Add(new PictureTexts(picture, some));
                pairs += some.Length;
            }
        }

        if (part.Count > 0)
            parts.Add([.. part]);
        return parts;
    }
}
