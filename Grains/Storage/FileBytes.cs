namespace MplugCluster.Grains.Storage;

/// <summary>Files as sources see them.</summary>
static class FileBytes
{
    /// <summary>Reads bytes of a file; fewer if it ends before, or is cut while it is read.</summary>
    public static async Task<byte[]> Read(string file, long offset, long length, CancellationToken cancellation)
    {
        using var handle = File.OpenHandle(file, options: FileOptions.Asynchronous);
        var rest = Math.Max(0, RandomAccess.GetLength(handle) - offset);
        var content = new byte[length < 0 ? rest : Math.Min(rest, length)];
        for (var done = 0; done < content.Length;)
        {
            var read = await RandomAccess.ReadAsync(handle, content.AsMemory(done), offset + done, cancellation);
            if (read == 0)
                return content[..done];
            done += read;
        }

        return content;
    }

    /// <summary>Size and time: what a file has for an ETag.</summary>
    public static string Version(FileInfo file) => FormattableString.Invariant($"{file.Length}-{file.LastWriteTimeUtc.Ticks}");
}
