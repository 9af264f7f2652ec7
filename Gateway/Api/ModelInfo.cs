namespace MplugCluster.Gateway.Api;

/// <summary>A model that is served, in OpenAI's shape and with what else a client needs.</summary>
/// <param name="Id">Always <c>mplug</c>; its <paramref name="Fingerprint"/> is taken too.</param>
/// <param name="Object">Always <c>model</c>.</param>
/// <param name="Created">Always 0: a package has no date, so that it is the same bytes wherever it is made.</param>
/// <param name="OwnedBy">Always <c>mplugcluster</c>.</param>
/// <param name="Fingerprint">Identity of its numbers.</param>
/// <param name="Convention">How captions and pictures are prepared when nobody says otherwise.</param>
/// <param name="Candidates">Candidates that are reranked when nobody says otherwise.</param>
/// <param name="EmbeddingSize">Numbers of an embedding.</param>
public sealed record ModelInfo(
    string Id, string Object, long Created, string OwnedBy, string Fingerprint, string Convention, int Candidates, int EmbeddingSize);
