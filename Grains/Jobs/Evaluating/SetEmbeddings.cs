namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>Embeddings of a set.</summary>
/// <param name="Pictures">Those of the pictures; empty where there is none.</param>
/// <param name="Captions">Those of the captions.</param>
sealed record SetEmbeddings(float[][] Pictures, float[][] Captions);
