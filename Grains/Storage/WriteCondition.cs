namespace MplugCluster.Grains.Storage;

/// <summary>When a write may happen.</summary>
public readonly record struct WriteCondition
{
    /// <summary>Always.</summary>
    public static WriteCondition None => default;

    /// <summary>Only if there is no such object.</summary>
    public static WriteCondition IfAbsent => new() { MustBeAbsent = true };

    /// <summary>Only if the object still has this ETag.</summary>
    public static WriteCondition IfMatch(string etag) => new() { ETag = etag };

    internal bool MustBeAbsent { get; private init; }

    internal string? ETag { get; private init; }
}
