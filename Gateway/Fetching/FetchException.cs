namespace MplugCluster.Gateway.Fetching;

/// <summary>A picture is not fetched, or could not be.</summary>
/// <param name="code">Code of the item's error.</param>
/// <param name="message">One line for people.</param>
sealed class FetchException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
