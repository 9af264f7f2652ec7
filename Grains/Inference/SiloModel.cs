using MplugCluster.Model.Architecture;
using MplugCluster.Model.Text;

namespace MplugCluster.Grains.Inference;

/// <summary>What a silo knows of the model it serves, with or without a device.</summary>
/// <param name="Fingerprint">Identity of its numbers.</param>
/// <param name="Convention">How captions and pictures are prepared when nobody says otherwise.</param>
/// <param name="Candidates">Candidates that are reranked when nobody says otherwise.</param>
/// <param name="EmbeddingSize">Numbers of an embedding.</param>
/// <param name="Tokenize">Captions to token ids.</param>
/// <param name="TokenBytes">Bytes of one picture's tokens as they are kept.</param>
/// <param name="Work">What a picture and a pair take; null: hardly anything.</param>
/// <param name="Explained">What explaining pairs needs; null: its pairs cannot be explained.</param>
public sealed record SiloModel(
    string Fingerprint,
    TextConvention Convention,
    int Candidates,
    int EmbeddingSize,
    Func<string, TextConvention, int[]> Tokenize,
    long TokenBytes = 0,
    ModelWork? Work = null,
    ExplainedModel? Explained = null);
