using Microsoft.Win32.SafeHandles;

namespace MplugCluster.Model.Checkpoints;

/// <summary>Positioned reads of one file. Not mapped: pages of a mapped 5 GB file would count as this process's memory.</summary>
sealed class StorageFile : IDisposable
{
    readonly SafeFileHandle handle;

    public StorageFile(string path)
    {
        Path = path;
        handle = File.OpenHandle(path);
        Length = RandomAccess.GetLength(handle);
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>Fills the buffer from an offset.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="what">What is read, for the message when the file ends before it.</param>
    public void Read(Span<byte> buffer, long offset, string what)
    {
        if (offset < 0 || offset > Length - buffer.Length)
        {
            throw new CheckpointException(
                $"'{Path}' is truncated: {what} needs bytes {offset:N0} to {offset + buffer.Length:N0}, but the file has {Length:N0}.");
        }

        while (buffer.Length > 0)
        {
            var read = RandomAccess.Read(handle, buffer, offset);
            if (read == 0)
                throw new CheckpointException($"'{Path}' became shorter while it was read.");
            buffer = buffer[read..];
            offset += read;
        }
    }

    public void Dispose() => handle.Dispose();
}
