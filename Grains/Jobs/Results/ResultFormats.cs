using System.Diagnostics.CodeAnalysis;
using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Jobs.Results;

/// <summary>The formats as requests and file names say them.</summary>
public static class ResultFormats
{
    /// <summary>All names, for messages.</summary>
    public const string Names = "jsonl, csv, parquet, trec";

    /// <summary>A format by its name.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out ResultFormat? format)
    {
        format = name switch
        {
            "jsonl" => ResultFormat.Jsonl,
            "csv" => ResultFormat.Csv,
            "parquet" => ResultFormat.Parquet,
            "trec" => ResultFormat.Trec,
            _ => null,
        };
        return format is not null;
    }

    /// <summary>Whether results of a kind can be written so: a TREC run is a ranking.</summary>
    public static bool Fits(this ResultFormat format, JobKind kind) => format != ResultFormat.Trec || kind == JobKind.Rank;

    /// <summary>The format's media type.</summary>
    public static string MediaType(this ResultFormat format) => format switch
    {
        ResultFormat.Jsonl => "application/x-ndjson",
        ResultFormat.Csv => "text/csv; charset=utf-8",
        ResultFormat.Parquet => "application/vnd.apache.parquet",
        _ => "text/plain; charset=utf-8",
    };
}
