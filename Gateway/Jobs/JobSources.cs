using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Jobs;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Sources as requests name them. Whether a source may be read, and what is in it, shows when the job reads it.</summary>
static class JobSources
{
    static readonly string[] IngestKinds = ["folder", "container", "tar", "jsonl", "csv", "parquet"];

    /// <summary>The input file of a request.</summary>
    public static JobInput InputOf(JobInputFile file, params string[] formats)
    {
        CheckAddress(file.Source, "input.source");
        if (file.Pictures is not null)
            CheckAddress(file.Pictures, "input.pictures");
        if (file.Path.Length == 0)
            throw Problems.InvalidRequest("'input.path' is empty; it names the file in the source.");
        var format = file.Format ?? Extension(file.Path);
        return formats.Contains(format)
            ? new JobInput(file.Source, file.Path, format, file.Pictures ?? file.Source)
            : throw Problems.InvalidRequest($"'{format}' is not a format of this job's input ('{file.Path}'); set 'input.format': {string.Join(", ", formats)}.");
    }

    /// <summary>The source of an ingest.</summary>
    public static IngestPlan PlanOf(IngestSource source, bool deleteMissing)
    {
        CheckAddress(source.Address, "source.address");
        if (source.Pictures is not null)
            CheckAddress(source.Pictures, "source.pictures");
        var kind = source.Kind ?? KindOf(source);
        if (!IngestKinds.Contains(kind))
            throw Problems.InvalidRequest($"'{kind}' is not a kind of source; {string.Join(", ", IngestKinds)} are.");
        if (source.Path.Length == 0 && kind is ("jsonl" or "csv" or "parquet"))
            throw Problems.InvalidRequest($"A source of the kind '{kind}' needs a 'source.path': the file.");
        return new IngestPlan(kind, source.Address, source.Path, source.Pictures, deleteMissing);
    }

    /// <summary>Ends the request if an address cannot be one.</summary>
    public static void CheckAddress(string address, string member)
    {
        var colon = address.IndexOf(':');
        if (colon < 0 || colon == address.Length - 1 || address[..colon] is not ("folder" or "azure"))
            throw Problems.InvalidRequest($"'{member}' is '{address}'; write folder:/path or azure:container/prefix.");
    }

    static string KindOf(IngestSource source) => Extension(source.Path) switch
    {
        "tar" or "jsonl" or "csv" or "parquet" => Extension(source.Path),
        _ => source.Address.StartsWith("azure:", StringComparison.Ordinal) ? "container" : "folder",
    };

    static string Extension(string path) => Path.GetExtension(path).TrimStart('.').ToLowerInvariant();
}
