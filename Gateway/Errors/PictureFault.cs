namespace MplugCluster.Gateway.Errors;

/// <summary>Codes of item errors that the door itself finds in a picture.</summary>
static class PictureFault
{
    /// <summary>It is no picture, nor names one.</summary>
    public const string Invalid = "invalid";

    /// <summary>It has more bytes than are allowed.</summary>
    public const string TooLarge = "too_large";

    /// <summary>This server does not fetch it.</summary>
    public const string UrlRefused = "url_refused";

    /// <summary>It could not be fetched.</summary>
    public const string FetchFailed = "fetch_failed";
}
