using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Sources as requests name them. Whether a source may be read, and what is in it, shows when the job reads it.</summary>
static class JobSources
{
    static readonly string[] IngestKinds = [.. Enum.GetNames<SourceKind>().Select(name => name.ToLowerInvariant())];

    /// <summary>It is kept with each item.</summary>
    const int MaxUploadName = 4096;

    const string Upload = "upload";

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
        var isUpload = UploadAddress.HasName(source.Address);
        if (!isUpload)
            CheckAddress(source.Address, "source.address");
        if (source.Pictures is not null)
            CheckAddress(source.Pictures, "source.pictures");
        var kind = source.Kind ?? KindOf(source);
        if (isUpload != (kind == Upload))
            throw Problems.InvalidRequest($"A source of the kind 'upload' has an address such as upload:name, and no other has; this one is '{source.Address}' of the kind '{kind}'.");
        if (isUpload && (source.Address.Length > MaxUploadName || source.Address.Any(char.IsControl)))
            throw Problems.InvalidRequest($"An upload's address has at most {MaxUploadName} characters, and no control characters.");
        if (isUpload && !BlobPath.IsHash(source.Path))
            throw Problems.InvalidRequest($"'source.path' is '{source.Path}'; of an upload it is the SHA-256 of the blob that names the listing's parts.");
        if (!IngestKinds.Contains(kind) || !Enum.TryParse<SourceKind>(kind, ignoreCase: true, out var known))
            throw Problems.InvalidRequest($"'{kind}' is not a kind of source; {string.Join(", ", IngestKinds)} are.");
        if (source.Path.Length == 0 && known is SourceKind.Jsonl or SourceKind.Csv or SourceKind.Parquet)
            throw Problems.InvalidRequest($"A source of the kind '{kind}' needs a 'source.path': the file.");
        return new IngestPlan(new SourceSpec(known, source.Address, source.Path, source.Pictures), deleteMissing);
    }

    /// <summary>Ends the request if an address cannot be one.</summary>
    public static void CheckAddress(string address, string member)
    {
        var colon = address.IndexOf(':');
        if (colon < 0 || colon == address.Length - 1 || address[..colon] is not ("folder" or "azure"))
            throw Problems.InvalidRequest($"'{member}' is '{address}'; write folder:/path or azure:container/prefix.");
    }

    static string KindOf(IngestSource source) => UploadAddress.IsMeant(source.Address) ? Upload : Extension(source.Path) switch
    {
        "tar" or "jsonl" or "csv" or "parquet" => Extension(source.Path),
        _ => source.Address.StartsWith("azure:", StringComparison.Ordinal) ? "container" : "folder",
    };

    static string Extension(string path) => Path.GetExtension(path).TrimStart('.').ToLowerInvariant();
}
