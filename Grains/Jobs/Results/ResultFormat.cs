namespace MplugCluster.Grains.Jobs.Results;

/// <summary>A form in which a job's results leave the cluster.</summary>
public enum ResultFormat
{
    /// <summary>JSON lines, as the rows are kept.</summary>
    Jsonl,

    /// <summary>RFC 4180 with a header, UTF-8. A missing value is an empty field, an empty text a pair of quotes.</summary>
    Csv,

    /// <summary>Apache Parquet, a row group for each block; every column may hold nulls.</summary>
    Parquet,

    /// <summary>A TREC run, for rank jobs: <c>query Q0 id rank score mplug</c>.</summary>
    Trec,
}
