using System.Runtime.InteropServices;

namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>
/// The decoded rows of a JPEG's components that are still needed: those of the last two rows of units, in a ring, outside the managed heap. Pixels of a row
/// with halved chroma are made of two chroma rows, so that the last row of pixels of a row of units waits for the next one.
/// </summary>
sealed unsafe class JpegPlanes : IDisposable
{
    /// <summary>Width and height of a block.</summary>
    public const int Side = 8;

    /// <summary>Bytes that <see cref="WritePixels"/> may write beyond its row.</summary>
    public const int Overhang = 4 * ColourRows.Block;

    const int UnitRows = 2;
    const int Lead = 16; // in front of the sums is one more
    const int Slack = 64; // what is read and written in blocks ends so much later

    readonly JpegFrame frame;
    readonly int width;
    readonly int chromaWidth;
    readonly int chromaHeight;
    readonly int lumaRows;
    readonly byte* memory;
    readonly byte* luma;
    readonly byte* blue;
    readonly byte* red;
    readonly byte* wideBlue;
    readonly byte* wideRed;
    readonly short* sums;

    /// <param name="frame">What is decoded.</param>
    /// <param name="width">Of the picture in pixels.</param>
    /// <param name="height">Of the picture in pixels.</param>
    public JpegPlanes(JpegFrame frame, int width, int height)
    {
        var (columns, rows) = (frame.Luma.Columns, frame.Luma.Rows);
        (this.frame, this.width) = (frame, width);
        UnitsAcross = Units(width, columns);
        UnitsDown = Units(height, rows);
        (chromaWidth, chromaHeight) = ((width + columns - 1) / columns, (height + rows - 1) / rows);
        LumaStride = UnitsAcross * columns * Side + Slack;
        ChromaStride = frame.HasColour ? UnitsAcross * Side + Slack : 0;
        lumaRows = UnitRows * rows * Side;

        nint lumaBytes = (nint)lumaRows * LumaStride, chromaBytes = (nint)UnitRows * Side * ChromaStride, wideBytes = 2 * ChromaStride;
        memory = (byte*)NativeMemory.Alloc((nuint)(lumaBytes + 2 * chromaBytes + 2 * wideBytes + 2 * (Lead + ChromaStride)));
        luma = memory;
        blue = luma + lumaBytes;
        red = blue + chromaBytes;
        wideBlue = red + chromaBytes;
        wideRed = wideBlue + wideBytes;
        sums = (short*)(wideRed + wideBytes) + Lead;
    }

    /// <summary>Units of the scan beside each other.</summary>
    public int UnitsAcross { get; }

    /// <summary>Units of the scan below each other.</summary>
    public int UnitsDown { get; }

    /// <summary>From one row of luma to the next.</summary>
    public int LumaStride { get; }

    /// <summary>From one row of chroma to the next.</summary>
    public int ChromaStride { get; }

    /// <summary>Where the first luma block of a row of units goes.</summary>
    public byte* Luma(int unitRow) => luma + (nint)(unitRow % UnitRows * frame.Luma.Rows * Side) * LumaStride;

    /// <summary>Where the first block of the second component goes.</summary>
    public byte* Blue(int unitRow) => blue + (nint)(unitRow % UnitRows * Side) * ChromaStride;

    /// <summary>Where the first block of the third component goes.</summary>
    public byte* Red(int unitRow) => red + (nint)(unitRow % UnitRows * Side) * ChromaStride;

    /// <summary>Rows of pixels, from the top, for which everything is there once so many rows of units are.</summary>
    public int CompleteRows(int unitRows, int height)
    {
        int rows = unitRows * frame.Luma.Rows * Side;
        return rows >= height ? height : rows - (frame.Luma.Rows - 1);
    }

    /// <summary>One row of pixels.</summary>
    /// <param name="row">From the top; not more than two rows of units ago.</param>
    /// <param name="pixels"><c>[width, 4]</c> bytes, and room for the <see cref="Overhang"/>.</param>
    public void WritePixels(int row, byte* pixels)
    {
        byte* y = luma + (nint)(row % lumaRows) * LumaStride;
        if (!frame.HasColour)
            ColourRows.FromGrey(y, width, pixels);
        else if (frame.Luma.Columns == 1)
            ColourRows.FromYcc(y, ChromaRow(blue, row), ChromaRow(red, row), width, pixels);
        else
            ColourRows.FromYcc(y, Widen(blue, row, wideBlue), Widen(red, row, wideRed), width, pixels);
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(memory);

    byte* Widen(byte* plane, int row, byte* wide)
    {
        if (frame.Luma.Rows == 1)
        {
            ColourRows.Widen(ChromaRow(plane, row), chromaWidth, sums);
            ColourRows.Spread(sums, chromaWidth, leftRounding: 1, rightRounding: 2, shift: 2, wide);
            return wide;
        }

        int near = row / 2, far = Math.Clamp(row % 2 == 0 ? near - 1 : near + 1, 0, chromaHeight - 1);
        ColourRows.Blend(ChromaRow(plane, near), ChromaRow(plane, far), chromaWidth, sums);
        ColourRows.Spread(sums, chromaWidth, leftRounding: 8, rightRounding: 7, shift: 4, wide);
        return wide;
    }

    byte* ChromaRow(byte* plane, int row) => plane + (nint)(row % (UnitRows * Side)) * ChromaStride;

    static int Units(int pixels, int blocks) => (pixels + blocks * Side - 1) / (blocks * Side);
}
