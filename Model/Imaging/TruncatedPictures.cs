namespace MplugCluster.Model.Imaging;

/// <summary>What to do with a file that ends before its picture does.</summary>
public enum TruncatedPictures
{
    /// <summary>Use the rows that are there, as the reference does (Pillow with <c>LOAD_TRUNCATED_IMAGES</c>). The default.</summary>
    Lenient,

    /// <summary>Such a file is <see cref="PictureErrorCode.Unreadable"/>.</summary>
    Reject,
}
