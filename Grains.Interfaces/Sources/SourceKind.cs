using System.Text.Json.Serialization;

namespace MplugCluster.Grains.Interfaces.Sources;

/// <summary>How an ingest source lists its items. Only append: the numbers are on the wire.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SourceKind>))]
public enum SourceKind
{
    /// <summary>Every picture file below a folder.</summary>
    [JsonStringEnumMemberName("folder")]
    Folder = 0,

    /// <summary>Every picture below a container, or a prefix of it.</summary>
    [JsonStringEnumMemberName("container")]
    Container = 1,

    /// <summary>The pictures in one tar file, or in all of a folder or container; with captions and metadata beside them, as WebDataset has it.</summary>
    [JsonStringEnumMemberName("tar")]
    Tar = 2,

    /// <summary>A manifest of one JSON object a line.</summary>
    [JsonStringEnumMemberName("jsonl")]
    Jsonl = 3,

    /// <summary>A manifest with a header line and one item a line.</summary>
    [JsonStringEnumMemberName("csv")]
    Csv = 4,

    /// <summary>A manifest as a Parquet file of flat columns.</summary>
    [JsonStringEnumMemberName("parquet")]
    Parquet = 5,

    /// <summary>What a client found in a source of its own, and has uploaded.</summary>
    [JsonStringEnumMemberName("upload")]
    Upload = 6,
}
