namespace MplugCluster.Grains.Storage;

/// <summary>Which paths a store takes: relative, of plain segments, so that none can leave the store.</summary>
static class ObjectPath
{
    const int MaxLength = 1024;

    public static string Check(string path)
    {
        var fault = path.Length is 0 or > MaxLength ? $"it has {path.Length} characters, 1 to {MaxLength} are allowed"
            : path.Any(c => char.IsControl(c) || c is '\\' or ':') ? "it has a control character, '\\' or ':'"
            : path.Split('/').Any(segment => segment is "" or "." or "..") ? "a segment is empty, '.' or '..'"
            : null;
        return fault is null ? path : throw new StoreException($"'{path}' is not an object path: {fault}.");
    }
}
