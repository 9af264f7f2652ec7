using MplugCluster.Model.Imaging;

namespace MplugCluster.Grains.Features;

/// <summary>Stable names of picture errors in answers and reports.</summary>
static class PictureErrors
{
    public static string Code(PictureErrorCode code) => code switch
    {
        PictureErrorCode.Unsupported => "unsupported",
        PictureErrorCode.TooLarge => "too_large",
        _ => "unreadable",
    };
}
