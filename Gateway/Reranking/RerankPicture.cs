using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Gateway.Reranking;

/// <summary>A document that is a picture.</summary>
sealed record RerankPicture(int Index, PictureReference Picture);
