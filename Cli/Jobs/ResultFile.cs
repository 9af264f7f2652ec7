using MplugCluster.Cli.CommandLine;
using MplugCluster.Gateway.Client;
using MplugCluster.Grains.Jobs.Results;

namespace MplugCluster.Cli.Jobs;

/// <summary>A file for a job's results.</summary>
sealed class ResultFile(string path, string format)
{
    /// <summary>
    /// Where it goes. Results that are not all there never take the place of a file that is: they go beside it, and from then on this says where.
    /// </summary>
    public string Path { get; private set; } = path;

    /// <summary>Its format.</summary>
    public string Format => format;

    /// <summary>The file of a path, in the format that is asked for or that its name says.</summary>
    /// <exception cref="UsageException">There is no such format, or the name says none, or one may not write there.</exception>
    public static ResultFile Of(string path, string? format)
    {
        var name = format ?? System.IO.Path.GetExtension(path).TrimStart('.').ToLowerInvariant() switch { "run" => "trec", var extension => extension };
        if (!ResultFormats.TryParse(name, out _))
        {
            throw new UsageException(format is null
                ? $"'{path}' does not say its format; set --format: {ResultFormats.Names}."
                : $"'{format}' is not a format of results; {ResultFormats.Names} are.");
        }

        return new ResultFile(OutputPath.File(path, isReplaced: true), name);
    }

    /// <summary>Writes what a job has by now. A file of that name is there whole, or as it was before.</summary>
    /// <returns>Whether that is all of the job's results.</returns>
    public async Task<bool> Download(MplugClient client, string job, CancellationToken cancellation)
    {
        var part = Path + ".part";
        try
        {
            bool isComplete;
            await using (var file = File.Create(part))
                isComplete = await client.DownloadResults(job, Format, file, cancellation);
            if (!isComplete && File.Exists(Path))
                Path = System.IO.Path.ChangeExtension(Path, $".partial{System.IO.Path.GetExtension(Path)}");
            File.Move(part, Path, overwrite: true);
            return isComplete;
        }
        finally
        {
            File.Delete(part);
        }
    }
}
