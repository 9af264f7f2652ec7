namespace MplugCluster.Model.Imaging;

/// <summary>Why a picture could not be used. Names are stable: they appear in reports and API answers.</summary>
public enum PictureErrorCode
{
    /// <summary>Not one of JPEG, PNG, WebP, GIF, BMP.</summary>
    Unsupported,

    /// <summary>The file is empty, cut or damaged beyond what the reference reads.</summary>
    Unreadable,

    /// <summary>More bytes, pixels, or scans than the limits allow.</summary>
    TooLarge,
}
