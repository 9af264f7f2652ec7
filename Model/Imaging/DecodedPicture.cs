namespace MplugCluster.Model.Imaging;

/// <summary>A whole picture in memory, as training cuts pieces out of it.</summary>
sealed class DecodedPicture : IRowSink
{
    int filled;
    bool bottomUp;

    /// <summary>Stored width in pixels.</summary>
    public int Width { get; private set; }

    /// <summary>Stored height in pixels.</summary>
    public int Height { get; private set; }

    /// <summary><c>[Height, Width, 4]</c> bytes: red, green, blue and one that means nothing.</summary>
    public byte[] Pixels { get; private set; } = [];

    /// <summary>EXIF orientation, 1 to 8; the pixels are as stored.</summary>
    public int Orientation { get; init; } = 1;

    /// <inheritdoc/>
    public void Begin(int width, int height, bool bottomUp)
    {
        (Width, Height, this.bottomUp, filled) = (width, height, bottomUp, 0);
        Pixels = new byte[4 * width * height];
    }

    /// <inheritdoc/>
    public void Push(ReadOnlySpan<byte> rows)
    {
        var length = 4 * Width;
        for (; !rows.IsEmpty; rows = rows[length..], filled++)
            rows[..length].CopyTo(Pixels.AsSpan((bottomUp ? Height - 1 - filled : filled) * length));
    }
}
