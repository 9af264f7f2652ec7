using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Inference;
using MplugCluster.Grains.Jobs.Planning;
using MplugCluster.Grains.Placement;
using MplugCluster.Model.Architecture;
using MplugCluster.Silo.Options;
using Orleans.Runtime;

namespace MplugCluster.Gateway.Jobs;

/// <summary>The cluster's devices of now, and what work takes on them.</summary>
sealed class PresentDevices(IGrainFactory grains, IDeviceRingSource ring, SiloModel model, MplugOptions options)
{
    static readonly ModelWork Hardly = new(0.01, 0.001);

    /// <summary>Asks every device.</summary>
    public async Task<PlanningFacts> Ask(CancellationToken cancellation) => new()
    {
        Devices = await Task.WhenAll(ring.Current.Devices.Select(device => CostsOf(device.Key, cancellation))),
        TokenBytes = model.TokenBytes,
        StoreBytes = options.Cache.StoreBytes,
        EmbeddingSize = model.EmbeddingSize,
        Work = model.Work ?? Hardly,
    };

    async Task<DeviceCosts> CostsOf(string device, CancellationToken cancellation)
    {
        try
        {
            var status = await grains.GetGrain<IInferenceGrain>(device).Status(cancellation);
            return new DeviceCosts(
                device, status.ImageMs, status.TextMs, status.PairMs, IsGuess: status.ImagesEncoded == 0 || status.PairsScored == 0);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            // A device that does not say stays a device: the estimate notes that it is without its share.
            return new DeviceCosts(device, 0, 0, 0);
        }
    }
}
