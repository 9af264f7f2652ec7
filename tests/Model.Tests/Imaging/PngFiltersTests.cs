using MplugCluster.Model.Imaging.Png;

namespace MplugCluster.Model.Tests.Imaging;

public sealed unsafe class PngFiltersTests
{
    const int Paeth = 4;
    const int Lanes = 8; // one pixel of eight bytes

    [Fact]
    public void TryUndo_PaethOfAllBytes_AsSpecified()
    {
        Assert.SkipUnless(PlainPng.IsSupported, "this processor has no vectors");
        byte* coded = stackalloc byte[2 * Lanes + PngFilters.Slack], above = stackalloc byte[2 * Lanes + PngFilters.Slack];
        byte* row = stackalloc byte[2 * Lanes + PngFilters.Slack];
        new Span<byte>(coded, 2 * Lanes).Clear();
        var wrong = 0;
        for (var corner = 0; corner < 256; corner++)
        {
            new Span<byte>(above, Lanes).Fill((byte)corner);
            for (var left = 0; left < 256; left++)
            {
                new Span<byte>(coded, Lanes).Fill((byte)(left - corner)); // the first pixel is predicted from the one above alone
                for (var up = 0; up < 256; up += Lanes)
                {
                    for (var lane = 0; lane < Lanes; lane++)
                        above[Lanes + lane] = (byte)(up + lane);
                    PngFilters.TryUndo(Paeth, coded, above, row, 2 * Lanes, Lanes);
                    for (var lane = 0; lane < Lanes; lane++)
                        wrong += row[lane] == left && row[Lanes + lane] == Predicted(left, up + lane, corner) ? 0 : 1;
                }
            }
        }

        Assert.Equal(0, wrong);
    }

    [Fact]
    public void TryUndo_UnknownFilter_Refused()
    {
        byte* bytes = stackalloc byte[3 * PngFilters.Slack];

        Assert.False(PngFilters.TryUndo(5, bytes, bytes, bytes, 1, 1));
    }

    static int Predicted(int left, int up, int corner)
    {
        var estimate = left + up - corner;
        var (toLeft, toUp, toCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - up), Math.Abs(estimate - corner));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }
}
