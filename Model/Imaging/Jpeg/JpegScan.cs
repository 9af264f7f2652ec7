using System.Runtime.Intrinsics;

namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>Decodes a scan into planes, one row of units after the other.</summary>
/// <param name="frame">What stands in front of the scan.</param>
/// <param name="tables">Its tables.</param>
/// <param name="planes">Take the levels.</param>
/// <param name="file">First byte of the file.</param>
/// <param name="length">Bytes of the file.</param>
unsafe ref struct JpegScan(JpegFrame frame, JpegTables tables, JpegPlanes planes, byte* file, int length)
{
    EntropyReader reader = new(file + frame.Data, file + length);
    int lumaPredictor;
    int bluePredictor;
    int redPredictor;
    int untilRestart = frame.RestartInterval;
    int restarts;

    /// <summary>The next row of units; false: the data is damaged, and not every pixel of it is as it should be.</summary>
    public bool TryReadUnits(int unitRow)
    {
        byte* luma = planes.Luma(unitRow), blue = planes.Blue(unitRow), red = planes.Red(unitRow);
        var (columns, rows) = (frame.Luma.Columns, frame.Luma.Rows);
        short* block = stackalloc short[JpegTables.Coefficients];
        Clear(block);
        for (int unit = 0; unit < planes.UnitsAcross; unit++, luma += columns * JpegPlanes.Side)
        {
            if (!TryPassRestart())
                return false;
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    byte* to = luma + row * JpegPlanes.Side * (nint)planes.LumaStride + column * JpegPlanes.Side;
                    if (!TryReadBlock(frame.Luma, ref lumaPredictor, block, to, planes.LumaStride))
                        return false;
                }
            }

            if (!frame.HasColour)
                continue;
            if (!TryReadBlock(frame.Blue, ref bluePredictor, block, blue + unit * JpegPlanes.Side, planes.ChromaStride)
                || !TryReadBlock(frame.Red, ref redPredictor, block, red + unit * JpegPlanes.Side, planes.ChromaStride))
            {
                return false;
            }
        }

        return !reader.IsBeyondData;
    }

    bool TryPassRestart()
    {
        if (frame.RestartInterval == 0)
            return true;
        if (untilRestart == 0)
        {
            if (!reader.TryRestart(restarts++))
                return false;
            (lumaPredictor, bluePredictor, redPredictor, untilRestart) = (0, 0, 0, frame.RestartInterval);
        }

        untilRestart--;
        return true;
    }

    bool TryReadBlock(in JpegComponent component, ref int predictor, short* block, byte* destination, nint stride)
    {
        int last = reader.ReadBlock(tables.Dc[component.Dc], tables.Ac[component.Ac], tables.Steps(component.Steps), ref predictor, block);
        if (last < 0)
            return false;
        if (last == 0)
        {
            InverseCosine.Flat(block[0], destination, stride);
            block[0] = 0;
            return true;
        }

        InverseCosine.Transform(block, destination, stride);
        Clear(block);
        return true;
    }

    static void Clear(short* block)
    {
        for (int i = 0; i < JpegTables.Coefficients; i += Vector256<short>.Count)
            Vector256<short>.Zero.Store(block + i);
    }
}
