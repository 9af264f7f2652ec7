namespace MplugCluster.Grains.Corpora.Segments;

/// <summary>Names of a segment file's columns.</summary>
static class SegmentColumns
{
    public const string Id = "id";
    public const string Kind = "kind";
    public const string PictureSource = "picture_source";
    public const string Path = "path";
    public const string Version = "version";
    public const string Offset = "offset";
    public const string Length = "length";
    public const string ContentHash = "content_hash";
    public const string Text = "text";
    public const string Source = "source";
    public const string Metadata = "metadata";
    public const string Origin = "origin";
    public const string Embedding = "embedding";

    /// <summary>Key of the schema's metadata under which the format's number stands.</summary>
    public const string FormatKey = "mplug.segment";

    /// <summary>2: rows in ordinal order of their ids, embeddings on a boundary of 64 bytes.</summary>
    public const string Format = "2";

    /// <summary>Key of a text that only moves the embeddings to their boundary.</summary>
    public const string PaddingKey = "mplug.padding";

    public const string Picture = "picture";
    public const string TextKind = "text";
}
