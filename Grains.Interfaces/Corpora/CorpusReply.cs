namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>Answer about a whole corpus.</summary>
/// <param name="Status">How the call ended.</param>
/// <param name="Corpus">The corpus as it is now, where it exists.</param>
/// <param name="Message">For people, when the call did not end well.</param>
[GenerateSerializer, Immutable, Alias("mplug.CorpusReply")]
public sealed record CorpusReply(
    [property: Id(0)] CorpusStatus Status,
    [property: Id(1)] CorpusDescription? Corpus,
    [property: Id(2)] string? Message = null);
