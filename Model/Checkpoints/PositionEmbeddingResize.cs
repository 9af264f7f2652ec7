namespace MplugCluster.Model.Checkpoints;

/// <summary>Fits a learned position embedding to another grid of patches.</summary>
/// <remarks>
/// Source: AliceMind mPLUG/models/visual_transformers.py resize_pos_embed: torch.nn.functional.interpolate(mode="bilinear",
/// align_corners=False): half-pixel centres, and no anti-aliasing even when shrinking.
/// </remarks>
static class PositionEmbeddingResize
{
    /// <summary>Resizes <c>[1 + from * from, width]</c> to <c>[1 + to * to, width]</c>; row 0 belongs to the class token and is kept.</summary>
    public static void Bilinear(ReadOnlySpan<float> source, int from, Span<float> destination, int to, int width)
    {
        source[..width].CopyTo(destination);
        for (var y = 0; y < to; y++)
        {
            var (top, bottom, down) = Taps(y, from, to);
            for (var x = 0; x < to; x++)
            {
                var (left, right, across) = Taps(x, from, to);
                var target = destination.Slice((1 + y * to + x) * width, width);
                var (a, b, c, d) = (Row(top, left), Row(top, right), Row(bottom, left), Row(bottom, right));
                for (var i = 0; i < width; i++)
                {
                    var upper = (1 - across) * source[a + i] + across * source[b + i];
                    var lower = (1 - across) * source[c + i] + across * source[d + i];
                    target[i] = (1 - down) * upper + down * lower;
                }
            }
        }

        int Row(int row, int column) => (1 + row * from + column) * width;
    }

    static (int Low, int High, float Weight) Taps(int at, int from, int to)
    {
        var centre = Math.Max(0, (at + 0.5f) * ((float)from / to) - 0.5f);
        var low = Math.Min((int)centre, from - 1);
        return (low, Math.Min(low + 1, from - 1), centre - low);
    }
}
