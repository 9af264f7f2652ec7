using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Sources;

/// <summary>An object of a source as a stream that can seek, read in windows: never held whole.</summary>
sealed class SourceStream(IObjectSource source, ObjectInfo info, CancellationToken cancellation) : Stream
{
    /// <summary>A window of a file is cheap to fetch; one from far away had better be worth the way.</summary>
    const int LocalWindow = 64 << 10;
    const int FarWindow = 1 << 20;

    readonly int window = source.LocalFile(info.Path) is null ? FarWindow : LocalWindow;
    byte[] held = [];
    long heldFrom;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => info.Length;

    public override long Position { get; set; }

    /// <summary>Reads bytes at a place; fewer where the object ends.</summary>
    public async ValueTask<byte[]> ReadAt(long offset, int count)
    {
        Position = offset;
        var bytes = new byte[Math.Clamp(Length - offset, 0, count)];
        await this.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || Position >= Length)
            return 0;
        if (Position < heldFrom || Position >= heldFrom + held.Length)
        {
            held = await source.ReadRange(info.Path, Position, Math.Min(window, Length - Position), cancellation) ?? [];
            heldFrom = Position;
            if (held.Length == 0)
                throw new StoreException($"'{info.Path}' was cut or deleted while it was read; start again.");
        }

        var from = (int)(Position - heldFrom);
        var count = Math.Min(buffer.Length, held.Length - from);
        held.AsMemory(from, count).CopyTo(buffer);
        Position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>For libraries that read a footer so; never called on a grain's scheduler.</summary>
    public override int Read(byte[] buffer, int offset, int count) =>
        Task.Run(() => ReadAsync(buffer.AsMemory(offset, count), cancellation).AsTask()).GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
        // Nothing is ever written.
    }

    public override void SetLength(long value) => throw new NotSupportedException("A source is only read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A source is only read.");
}
