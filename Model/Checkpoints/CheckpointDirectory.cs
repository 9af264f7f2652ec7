namespace MplugCluster.Model.Checkpoints;

/// <summary>The files of a checkpoint directory.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Weights">The one weight file.</param>
/// <param name="Vocabulary">WordPiece vocabulary.</param>
sealed record CheckpointDirectory(string Directory, string Weights, string Vocabulary)
{
    static readonly string[] Suffixes = [".bin", ".pth", ".pt", ".safetensors"];

    /// <summary>Finds the files of a directory, or those beside a weight file.</summary>
    /// <exception cref="CheckpointException">A file is missing, or there are several weight files.</exception>
    public static CheckpointDirectory Find(string path)
    {
        var directory = File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : path;
        if (!System.IO.Directory.Exists(directory))
            throw new CheckpointException($"There is no checkpoint '{path}'.");
        var weights = File.Exists(path) ? path : FindWeights(directory);
        var vocabulary = Path.Combine(directory, "vocab.txt");
        return File.Exists(vocabulary)
            ? new CheckpointDirectory(directory, weights, vocabulary)
            : throw new CheckpointException($"'{directory}' has no vocab.txt; a checkpoint directory holds config.yaml, its bert_config, vocab.txt and the weights.");
    }

    static string FindWeights(string directory)
    {
        var published = Path.Combine(directory, "pytorch_model.bin");
        if (File.Exists(published))
            return published;
        var candidates = System.IO.Directory.EnumerateFiles(directory)
            .Where(file => Suffixes.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).ToList();
        return candidates switch
        {
            [var only] => only,
            [] => throw new CheckpointException(
                $"'{directory}' has no weights: neither pytorch_model.bin nor one file ending in {string.Join(", ", Suffixes)}."),
            _ => throw new CheckpointException(
                $"'{directory}' has several weight files ({string.Join(", ", candidates.Select(Path.GetFileName))}); name the one to import."),
        };
    }
}
