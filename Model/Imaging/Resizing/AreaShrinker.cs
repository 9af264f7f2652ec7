namespace MplugCluster.Model.Imaging.Resizing;

/// <summary>
/// Makes a picture smaller as its rows arrive: every pixel of the result is the mean of the area that it covers. The aspect ratio is kept, nothing is
/// made larger, and no more than the result is held. For pictures to look at; the model gets <see cref="PillowBicubic"/>'s. Not thread-safe.
/// </summary>
sealed class AreaShrinker(int longestSide) : IRowSink
{
    const int Channels = 3;

    int sourceWidth;
    int sourceHeight;
    int pushed;
    bool bottomUp;
    float[] sums = [];
    float[] line = [];

    /// <summary>Width of the result in pixels, in stored orientation.</summary>
    public int Width { get; private set; }

    /// <summary>Height of the result in pixels, in stored orientation.</summary>
    public int Height { get; private set; }

    public void Begin(int width, int height, bool bottomUp)
    {
        (sourceWidth, sourceHeight, this.bottomUp, pushed) = (width, height, bottomUp, 0);
        var scale = Math.Min(1.0, (double)longestSide / Math.Max(width, height));
        (Width, Height) = (Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
        sums = new float[Width * Height * Channels];
        line = new float[Width * Channels];
    }

    public void Push(ReadOnlySpan<byte> rows)
    {
        for (var rowBytes = 4 * sourceWidth; !rows.IsEmpty; rows = rows[rowBytes..])
        {
            ShrinkLine(rows[..rowBytes]);
            AddLine(bottomUp ? sourceHeight - 1 - pushed : pushed);
            pushed++;
        }
    }

    /// <summary>The upright result, <c>[height, width, 4]</c> with its sides: red, green, blue and 255.</summary>
    public (byte[] Pixels, int Width, int Height) Upright(PictureOrientation orientation)
    {
        var (width, height) = orientation.SwapsAxes ? (Height, Width) : (Width, Height);
        var pixels = new byte[4 * width * height];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var (row, column) = (orientation.MirrorsRows ? Height - 1 - y : y, orientation.MirrorsColumns ? Width - 1 - x : x);
                var target = 4 * (orientation.SwapsAxes ? column * width + row : row * width + column);
                for (var channel = 0; channel < Channels; channel++)
                    pixels[target + channel] = (byte)Math.Clamp(MathF.Round(sums[Channels * (y * Width + x) + channel]), 0, 255);
                pixels[target + 3] = 255;
            }
        }

        return (pixels, width, height);
    }

    void ShrinkLine(ReadOnlySpan<byte> row)
    {
        Array.Clear(line);
        for (var x = 0; x < sourceWidth; x++)
        {
            var (first, share, next) = Cover(x, sourceWidth, Width);
            for (var channel = 0; channel < Channels; channel++)
            {
                var value = row[4 * x + channel];
                line[Channels * first + channel] += share * value;
                if (next > 0)
                    line[Channels * (first + 1) + channel] += next * value;
            }
        }
    }

    void AddLine(int y)
    {
        var (first, share, next) = Cover(y, sourceHeight, Height);
        Add(first, share);
        if (next > 0)
            Add(first + 1, next);
    }

    void Add(int row, float share)
    {
        var target = sums.AsSpan(row * line.Length, line.Length);
        for (var i = 0; i < line.Length; i++)
            target[i] += share * line[i];
    }

    /// <summary>What a source pixel gives to the target pixel that it begins in and to the next; all that a target pixel gets adds up to 1.</summary>
    static (int First, float Share, float Next) Cover(int source, int sources, int targets)
    {
        var (begin, end) = ((long)source * targets, (long)(source + 1) * targets);
        var first = begin / sources;
        var border = (first + 1) * sources;
        return end <= border
            ? ((int)first, (float)(end - begin) / sources, 0)
            : ((int)first, (float)(border - begin) / sources, (float)(end - border) / sources);
    }
}
