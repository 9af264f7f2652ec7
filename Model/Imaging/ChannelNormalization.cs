namespace MplugCluster.Model.Imaging;

/// <summary>
/// Bytes to the encoder's floats: <c>(byte / 255 - mean) / std</c> per channel, in float32 as torchvision computes it.
/// Source: pytorch/vision torchvision/transforms/functional.py to_tensor, normalize (0.14); constants: OpenAI CLIP.
/// </summary>
static class ChannelNormalization
{
    static readonly float[] Red = Table(0.48145466f, 0.26862954f);
    static readonly float[] Green = Table(0.4578275f, 0.26130258f);
    static readonly float[] Blue = Table(0.40821073f, 0.27577711f);

    /// <param name="pixels"><c>[H, W, 4]</c> bytes, the fourth ignored.</param>
    /// <param name="planes"><c>[3, H, W]</c> floats.</param>
    public static void Apply(ReadOnlySpan<byte> pixels, Span<float> planes)
    {
        int plane = pixels.Length / 4;
        var red = planes[..plane];
        var green = planes.Slice(plane, plane);
        var blue = planes.Slice(2 * plane, plane);
        ReadOnlySpan<float> redOf = Red, greenOf = Green, blueOf = Blue;
        for (int i = 0; i < red.Length && i < green.Length && i < blue.Length; i++)
        {
            var pixel = pixels.Slice(4 * i, 4);
            red[i] = redOf[pixel[0]];
            green[i] = greenOf[pixel[1]];
            blue[i] = blueOf[pixel[2]];
        }
    }

    static float[] Table(float mean, float std)
    {
        var table = new float[256];
        for (int value = 0; value < table.Length; value++)
            table[value] = (value / 255f - mean) / std;
        return table;
    }
}
