namespace MplugCluster.Model.Text;

/// <summary>Captions to token ids, exactly as either reference makes them. Thread-safe.</summary>
public sealed class CaptionTokenizer
{
    readonly Vocabulary vocabulary;

    CaptionTokenizer(Vocabulary vocabulary) => this.vocabulary = vocabulary;

    /// <summary>Reads a <c>vocab.txt</c>.</summary>
    /// <exception cref="InvalidDataException">It lacks a special token, or has a line twice.</exception>
    public static CaptionTokenizer Load(string path) => new(Vocabulary.Load(path));

    /// <summary>Longest text in tokens, special ones included.</summary>
    public static int MaxLength(TextConvention convention) => convention == TextConvention.Ms25 ? 25 : 30;

    /// <summary>WordPiece pieces of a text, before special tokens and truncation.</summary>
    public IReadOnlyList<string> Tokenize(string text) => [.. Pieces(text)];

    /// <summary>Token ids of a caption, truncated, without padding: <c>[CLS] X [SEP]</c> for ms25, <c>[CLS] X</c> for am30.</summary>
    public int[] Encode(string caption, TextConvention convention)
    {
        var closed = convention == TextConvention.Ms25;
        var text = closed ? PythonLower.Lower(caption) : CaptionPreparation.Prepare(caption);
        var room = MaxLength(convention) - (closed ? 2 : 1);
        IEnumerable<int> ids = [vocabulary[Vocabulary.Start], .. Pieces(text).Take(room).Select(piece => vocabulary[piece])];
        return closed ? [.. ids, vocabulary[Vocabulary.End]] : [.. ids];
    }

    /// <summary>The piece that a token id stands for: <c>red</c>, <c>##ly</c>, <c>[CLS]</c>; null for an id that the vocabulary has not.</summary>
    public string? Piece(int id) => vocabulary.Piece(id);

    /// <summary>Piece by piece, so that no more of a long text is looked at than a caption takes of it.</summary>
    IEnumerable<string> Pieces(string text) =>
        BasicTokenizer.Split(text).SelectMany(word => WordPiece.Split(word, vocabulary.Pieces, Vocabulary.Unknown));
}
