namespace MplugCluster.Model.Text;

/// <summary>Splits words into the longest pieces that the vocabulary has, left to right.</summary>
/// <remarks>Source: huggingface/transformers src/transformers/models/bert/tokenization_bert.py WordpieceTokenizer.</remarks>
static class WordPiece
{
    /// <summary>Longer words, in code points, are unknown.</summary>
    const int MaxWord = 100;

    /// <summary>Pieces of a word; one <paramref name="unknown"/> if it cannot be covered whole.</summary>
    public static IReadOnlyList<string> Split(string word, IReadOnlyDictionary<string, int> vocabulary, string unknown)
    {
        if (word.EnumerateRunes().Count() > MaxWord)
            return [unknown];
        var pieces = new List<string>();
        for (var start = 0; start < word.Length;)
        {
            var end = word.Length;
            while (end > start && !vocabulary.ContainsKey(Piece(start, end)))
                end--;
            if (end == start)
                return [unknown];
            pieces.Add(Piece(start, end));
            start = end;
        }

        return pieces;

        string Piece(int start, int end) => start == 0 ? word[..end] : $"##{word[start..end]}";
    }
}
