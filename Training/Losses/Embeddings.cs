using MplugCluster.Model.Architecture;
using MplugCluster.Training.Differentiation;

namespace MplugCluster.Training.Losses;

/// <summary>Unit embeddings of the pictures and texts of a batch, <c>[B, E]</c> each; row i of both is a pair.</summary>
sealed record Embeddings<T>(Autodiff<T> Image, Autodiff<T> Text) where T : class, IPrimitiveTensor<T>;
