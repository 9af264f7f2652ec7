namespace MplugCluster.Model.Imaging.Png;

/// <summary>What a pixel is made of, numbered as in the file.</summary>
enum PngSamples
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}
