namespace MplugCluster.Grains.Storage;

/// <summary>Which paths stores and sources take: relative ones whose segments cannot lead out.</summary>
static class ObjectPath
{
    const int MaxLength = 1024;

    /// <summary>A store's path: of plain segments, so that it is the same on every file system and in every container.</summary>
    /// <exception cref="StoreException">It is not.</exception>
    public static string Check(string path) => Check(
        path,
        path.Any(c => char.IsControl(c) || c is '\\' or ':') ? "it has a control character, '\\' or ':'"
        : path.Split('/').Any(segment => segment is "" or "." or "..") ? "a segment is empty, '.' or '..'"
        : path.StartsWith('.') ? "it begins with '.', as a directory's own files do"
        : null);

    /// <summary>A source's path: whatever name somebody gave a file or blob, as long as it stays below the source.</summary>
    /// <exception cref="StoreException">It does not.</exception>
    public static string CheckSource(string path) => Check(path, SourceFault(path));

    /// <summary>Why a path is none of a source; null if it is one.</summary>
    public static string? SourceFault(string path) =>
        LengthFault(path)
        ?? (path.Contains('\0') ? "it has a zero character"
        : path[0] == '/' ? "it begins with '/'"
        : path.Split('/').Any(segment => segment is "." or "..") ? "a segment is '.' or '..'"
        : null);

    static string Check(string path, string? fault)
    {
        fault = LengthFault(path) ?? fault;
        return fault is null ? path : throw new StoreException($"'{path}' is not an object path: {fault}.") { IsOfObject = true };
    }

    static string? LengthFault(string path) =>
        path.Length is 0 or > MaxLength ? $"it has {path.Length} characters, 1 to {MaxLength} are allowed" : null;
}
