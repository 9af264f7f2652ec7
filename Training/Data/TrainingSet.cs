using MplugCluster.Model.Annotations;

namespace MplugCluster.Training.Data;

/// <summary>The pairs to train with, from one file or several.</summary>
public sealed class TrainingSet
{
    /// <summary>So many faults are named; the rest is counted.</summary>
    const int NamedFaults = 10;

    static readonly string[] TrainingSplits = ["train", "restval"];

    TrainingSet(IReadOnlyList<TrainingPair> pairs, int pictures) => (Pairs, Pictures) = (pairs, pictures);

    /// <summary>All pairs, in the order of the files.</summary>
    public IReadOnlyList<TrainingPair> Pairs { get; }

    /// <summary>Different pictures.</summary>
    public int Pictures { get; }

    /// <summary>
    /// Reads annotation files: the reference's JSON, Karpathy's split files (their <c>train</c> and <c>restval</c>), JSON lines, or MsDataset's CSV.
    /// </summary>
    /// <param name="files">The files.</param>
    /// <param name="images">What paths of pictures are relative to. Null: each file's own directory.</param>
    /// <exception cref="TrainingDataException">A file has another form, pictures are missing or captions empty; all of them are told at once.</exception>
    public static TrainingSet Load(IEnumerable<string> files, string? images)
    {
        var (pairs, faults) = (new List<TrainingPair>(), new List<string>());
        var identities = new Dictionary<string, int>(StringComparer.Ordinal);
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var root = images ?? Path.GetDirectoryName(Path.GetFullPath(file))!;
            foreach (var entry in Read(file))
            {
                var picture = Path.Combine(root, entry.Image);
                if (entry.Captions.Any(string.IsNullOrWhiteSpace))
                    faults.Add($"'{file}', {entry.Place} ({entry.Image}): the caption is empty");
                if (!known.TryGetValue(picture, out var exists))
                    known[picture] = exists = File.Exists(picture);
                if (!exists)
                    faults.Add($"'{file}', {entry.Place}: there is no picture '{picture}'");
                var id = entry.ImageId ?? picture;
                var identity = Number(identities, id);
                int? group = entry.Group is { } name ? Number(groups, name) : null;
                pairs.AddRange(entry.Captions.Select(caption => new TrainingPair(picture, caption, identity, group)));
            }
        }

        if (faults.Count > 0)
        {
            var more = faults.Count > NamedFaults ? $"\n  and {faults.Count - NamedFaults} more" : "";
            throw new TrainingDataException($"The training data have {faults.Count} faults:\n  {string.Join("\n  ", faults.Take(NamedFaults))}{more}");
        }

        return identities.Count >= 2
            ? new TrainingSet(pairs, identities.Count)
            : throw new TrainingDataException($"The training data have {pairs.Count} captions of {identities.Count} pictures; two pictures are the least.");
    }

    /// <summary>Names are numbered as they come.</summary>
    static int Number(Dictionary<string, int> numbers, string name)
    {
        if (!numbers.TryGetValue(name, out var number))
            numbers[name] = number = numbers.Count;
        return number;
    }

    static IReadOnlyList<AnnotationEntry> Read(string file)
    {
        if (!File.Exists(file))
            throw new TrainingDataException($"There is no file '{file}'.");
        try
        {
            return AnnotationFile.Read(file, TrainingSplits);
        }
        catch (InvalidDataException e)
        {
            throw new TrainingDataException(e.Message, e);
        }
    }
}
