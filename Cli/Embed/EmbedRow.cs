namespace MplugCluster.Cli.Embed;

/// <summary>Something to embed: a text, or a picture on this machine; or why it is neither.</summary>
/// <param name="Id">What its embedding is found by.</param>
/// <param name="Text">The text.</param>
/// <param name="Picture">The picture's path.</param>
/// <param name="Error">What is wrong with it.</param>
sealed record EmbedRow(string Id, string? Text, string? Picture, string? Error = null)
{
    /// <summary><c>text</c> or <c>picture</c>.</summary>
    public string Kind => Picture is null ? "text" : "picture";
}
