using MplugCluster.Grains.Interfaces.Inference;
using MplugCluster.Model.Text;

namespace MplugCluster.Grains.Inference;

/// <summary>A tiny inference through a device's queue: a text encoded, and seen to be a unit vector.</summary>
public sealed class Canary(SiloModel model)
{
    const int BudgetMs = 20_000;

    /// <summary>Runs it and says how the device is.</summary>
    public async Task<DeviceStatus> Run(DeviceSession session, CancellationToken cancellation)
    {
        var ids = model.Tokenize("canary", TextConvention.Ms25);
        var encoded = await session.EncodeTexts([ids], Deadline.In(BudgetMs), cancellation);
        var status = session.Status;
        if (!encoded.Ok)
            return status with { Ready = false, Message = encoded.Message };
        var length = encoded.Value[0].Embedding.Sum(x => (double)x * x);
        return Math.Abs(length - 1) < 1e-3
            ? status
            : status with { Ready = false, Message = $"The canary's embedding has the length {Math.Sqrt(length):R}, expected 1." };
    }
}
