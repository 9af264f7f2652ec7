using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Features;

/// <summary>The answer to a caller that counts on another package: its numbers would not be comparable.</summary>
static class WrongModel
{
    public static DeviceReply Reply(SiloModel model, string wanted) =>
        new(CallStatus.WrongModel, $"This silo serves the model {model.Fingerprint}, the request is for {wanted}.");
}
