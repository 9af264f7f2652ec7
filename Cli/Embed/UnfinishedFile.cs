namespace MplugCluster.Cli.Embed;

/// <summary>A file that appears under its name when it is finished, whole, and not at all otherwise.</summary>
sealed class UnfinishedFile(string path) : IDisposable
{
    readonly string part = path + ".part";

    /// <summary>What is written.</summary>
    public FileStream Stream { get; } = File.Create(path + ".part");

    /// <summary>Gives the file its name.</summary>
    public void Finish()
    {
        Stream.Dispose();
        File.Move(part, path, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stream.Dispose();
        File.Delete(part);
    }
}
