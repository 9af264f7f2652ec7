namespace MplugCluster.Grains.Jobs.Results;

/// <summary>
/// What a library writes that wants a stream with a position, gathered until it is sent on: an answer's body has no position, and must not be
/// written to synchronously.
/// </summary>
sealed class OutgoingBytes : Stream
{
    readonly MemoryStream waiting = new();
    long sent;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => Position;

    public override long Position
    {
        get => sent + waiting.Length;
        set => throw new NotSupportedException("Bytes that were sent cannot be had back.");
    }

    /// <summary>Sends what has been gathered.</summary>
    public async Task SendTo(Stream target, CancellationToken cancellation)
    {
        await target.WriteAsync(waiting.GetBuffer().AsMemory(0, (int)waiting.Length), cancellation);
        sent += waiting.Length;
        waiting.SetLength(0);
    }

    public override void Write(byte[] buffer, int offset, int count) => waiting.Write(buffer, offset, count);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is only written to.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("It is only written to.");

    public override void SetLength(long value) => throw new NotSupportedException("It is only written to.");
}
