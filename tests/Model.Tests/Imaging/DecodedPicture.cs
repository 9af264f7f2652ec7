using MplugCluster.Model.Imaging;
using MplugCluster.Model.Imaging.Headers;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>Collects a decoder's rows: the whole picture, <c>[height, width, 3]</c>, top row first.</summary>
sealed class DecodedPicture : IRowSink
{
    bool bottomUp;
    int pushed;

    public byte[] Rgb { get; private set; } = [];

    public int Width { get; private set; }

    public int Height { get; private set; }

    public int Begun { get; private set; }

    public static DecodedPicture Decode(byte[] file)
    {
        Assert.True(PictureHeaderReader.TryRead(file, out var header, out var error), error?.Reason);
        var picture = new DecodedPicture();
        Assert.Null(ImageDecoders.Create().Decode(file, header, TruncatedPictures.Lenient, picture, CancellationToken.None));
        Assert.Equal(picture.Height, picture.pushed);
        return picture;
    }

    public void Begin(int width, int height, bool bottomUp)
    {
        Begun++;
        (Width, Height, this.bottomUp, pushed) = (width, height, bottomUp, 0);
        Rgb = new byte[3 * width * height];
    }

    public void Push(ReadOnlySpan<byte> rows)
    {
        for (; !rows.IsEmpty; rows = rows[(4 * Width)..], pushed++)
        {
            int at = (bottomUp ? Height - 1 - pushed : pushed) * Width;
            for (int x = 0; x < Width; x++)
                rows.Slice(4 * x, 3).CopyTo(Rgb.AsSpan(3 * (at + x), 3));
        }
    }
}
