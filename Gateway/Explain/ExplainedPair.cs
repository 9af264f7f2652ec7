using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Explain;

/// <summary>The picture and the text that a question is about.</summary>
sealed record ExplainedPair(PictureReference Picture, string Text, TextConvention Convention);
