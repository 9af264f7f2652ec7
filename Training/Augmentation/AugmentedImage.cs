namespace MplugCluster.Training.Augmentation;

/// <summary>A square picture of 8-bit pixels that is changed in place.</summary>
/// <param name="side">Width and height in pixels.</param>
/// <param name="pixels"><c>[side, side, 4]</c> bytes: red, green, blue and one that means nothing.</param>
/// <remarks>Source: AliceMind mPLUG dataset/randaugment.py (what each operation does), PIL.ImageOps and PIL.ImageEnhance (definitions).</remarks>
sealed class AugmentedImage(int side, byte[] pixels)
{
    const int Channels = 3;

    /// <summary>What lies beyond the border after a warp: the reference's middle grey.</summary>
    const byte Fill = 128;

    /// <summary>The pixels.</summary>
    public byte[] Pixels { get; private set; } = pixels;

    /// <summary>Left and right change places.</summary>
    public void Mirror()
    {
        for (var row = 0; row < side; row++)
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(Pixels.AsSpan(4 * row * side, 4 * side)).Reverse();
    }

    /// <summary>Each channel is stretched from its darkest and brightest value to 0 and 255.</summary>
    public void AutoContrast() => PerChannel(static histogram =>
    {
        var (low, high) = (Array.FindIndex(histogram, count => count > 0), Array.FindLastIndex(histogram, count => count > 0));
        var scale = high > low ? 255.0 / (high - low) : 1;
        return value => high > low ? (value - low) * scale : value;
    });

    /// <summary>Each channel's values are spread so that all are about as frequent.</summary>
    public void Equalize() => PerChannel(static histogram =>
    {
        var step = (histogram.Sum() - histogram.Last(count => count > 0)) / 255;
        var table = new double[256];
        for (int value = 0, sum = step / 2; value < table.Length; sum += histogram[value++])
            table[value] = step == 0 ? value : sum / step;
        return value => table[value];
    });

    /// <summary>Every value times a factor.</summary>
    public void Brightness(double factor) => PerChannel(_ => value => value * factor);

    /// <summary>Away from (above 1) or towards (below 1) a smoothed copy; the outermost pixels stay.</summary>
    public void Sharpness(double factor)
    {
        var result = (byte[])Pixels.Clone();
        for (var row = 1; row < side - 1; row++)
        {
            for (var at = 4 * (row * side + 1); at < 4 * (row * side + side - 1); at++)
            {
                if (at % 4 == Channels)
                    continue;
                var sum = 4 * Pixels[at];
                for (var down = -1; down <= 1; down++)
                {
                    for (var right = -1; right <= 1; right++)
                        sum += Pixels[at + 4 * (down * side + right)];
                }

                var smooth = Math.Round(sum / 13.0);
                result[at] = (byte)Math.Clamp(smooth + factor * (Pixels[at] - smooth), 0, 255);
            }
        }

        Pixels = result;
    }

    /// <summary>Turns the picture about its middle, anticlockwise.</summary>
    public void Rotate(double degrees)
    {
        var (cos, sin, middle) = (Math.Cos(degrees * Math.PI / 180), Math.Sin(degrees * Math.PI / 180), side / 2.0);
        Warp(cos, sin, (1 - cos) * middle - sin * middle, -sin, cos, sin * middle + (1 - cos) * middle);
    }

    /// <summary>Moves the pixel at (x, y) to <c>(a x + b y + c, d x + e y + f)</c>, bilinearly, as OpenCV's warpAffine does.</summary>
    public void Warp(double a, double b, double c, double d, double e, double f)
    {
        var result = new byte[Pixels.Length];
        var determinant = a * e - b * d;
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                var (dx, dy) = (x - c, y - f);
                Sample((e * dx - b * dy) / determinant, (a * dy - d * dx) / determinant, result.AsSpan(4 * (y * side + x), Channels));
            }
        }

        Pixels = result;
    }

    void Sample(double x, double y, Span<byte> pixel)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (right, down) = (x - left, y - top);
        for (var channel = 0; channel < Channels; channel++)
        {
            var above = At(left, top, channel) * (1 - right) + At(left + 1, top, channel) * right;
            var below = At(left, top + 1, channel) * (1 - right) + At(left + 1, top + 1, channel) * right;
            pixel[channel] = (byte)(above * (1 - down) + below * down + 0.5);
        }
    }

    double At(int x, int y, int channel) => x >= 0 && y >= 0 && x < side && y < side ? Pixels[4 * (y * side + x) + channel] : Fill;

    /// <summary>A table of values for each channel, made from how often each occurs.</summary>
    void PerChannel(Func<int[], Func<int, double>> table)
    {
        for (var channel = 0; channel < Channels; channel++)
        {
            var histogram = new int[256];
            for (var at = channel; at < Pixels.Length; at += 4)
                histogram[Pixels[at]]++;
            var of = table(histogram);
            byte[] values = [.. Enumerable.Range(0, 256).Select(value => (byte)Math.Clamp(of(value), 0, 255))];
            for (var at = channel; at < Pixels.Length; at += 4)
                Pixels[at] = values[Pixels[at]];
        }
    }
}
