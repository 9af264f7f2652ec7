namespace MplugCluster.Model.Tests.Imaging;

/// <summary>The pictures of pillow_bicubic_vectors.py.</summary>
static class Noise
{
    /// <returns><c>[height, width, 4]</c> bytes; the fourth of a pixel is junk that must not matter.</returns>
    public static byte[] Pixels(int seed, int width, int height, bool saturated)
    {
        var pixels = new byte[4 * width * height];
        uint index = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            uint value = i % 4 == 3 ? 0x5Au : Hash(index++ + unchecked((uint)seed * 0x9E3779B9u));
            pixels[i] = (byte)(saturated ? (value & 1) * 255 : value);
        }
        return pixels;
    }

    static uint Hash(uint value)
    {
        value = (value ^ (value >> 16)) * 0x85EBCA6Bu;
        value = (value ^ (value >> 13)) * 0xC2B2AE35u;
        return value ^ (value >> 16);
    }
}
