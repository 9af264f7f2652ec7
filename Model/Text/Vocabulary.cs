namespace MplugCluster.Model.Text;

/// <summary>A WordPiece vocabulary: one piece a line, its number is the line's.</summary>
sealed class Vocabulary
{
    public const string Pad = "[PAD]";
    public const string Unknown = "[UNK]";
    public const string Start = "[CLS]";
    public const string End = "[SEP]";

    readonly string[] byNumber;

    Vocabulary(Dictionary<string, int> pieces)
    {
        Pieces = pieces;
        byNumber = new string[pieces.Count];
        foreach (var (piece, number) in pieces)
            byNumber[number] = piece;
    }

    /// <summary>Number of each piece.</summary>
    public IReadOnlyDictionary<string, int> Pieces { get; }

    public int this[string piece] => Pieces[piece];

    /// <summary>The piece of a number, or null.</summary>
    public string? Piece(int number) => number >= 0 && number < byNumber.Length ? byNumber[number] : null;

    /// <summary>Reads a vocabulary.</summary>
    /// <exception cref="InvalidDataException">The file lacks a special token, or has a line twice.</exception>
    public static Vocabulary Load(string path)
    {
        var pieces = new Dictionary<string, int>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in File.ReadAllText(path).TrimEnd('\n').Split('\n'))
        {
            if (!pieces.TryAdd(line.TrimEnd('\r'), number++))
                throw new InvalidDataException($"'{path}' has '{line}' twice: in line {pieces[line.TrimEnd('\r')] + 1} and in line {number}.");
        }

        string[] missing = [.. new[] { Pad, Unknown, Start, End }.Where(special => !pieces.ContainsKey(special))];
        return missing.Length == 0
            ? new Vocabulary(pieces)
            : throw new InvalidDataException($"'{path}' lacks the special tokens {string.Join(", ", missing)}.");
    }
}
