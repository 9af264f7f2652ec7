using MplugCluster.Model.Architecture;
using MplugCluster.Training.Differentiation;

namespace MplugCluster.Training.Losses;

/// <summary>What the momentum encoders made of earlier batches.</summary>
/// <param name="Images">Image embeddings <c>[Q, E]</c>.</param>
/// <param name="Texts">Text embeddings <c>[Q, E]</c>.</param>
/// <param name="Identities">Which picture each row is of, <c>[Q]</c>.</param>
sealed record QueuedEmbeddings<T>(Autodiff<T> Images, Autodiff<T> Texts, Autodiff<T> Identities) where T : class, IPrimitiveTensor<T>;
