using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using MplugCluster.Grains.Placement;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Inference;

/// <summary>The devices of this silo.</summary>
public sealed class DeviceSessions : IDisposable
{
    readonly Dictionary<string, DeviceSession> sessions = new(StringComparer.Ordinal);

    /// <summary>Starts the devices; they load in the background.</summary>
    /// <param name="devices">Devices of this silo, by their ring names.</param>
    /// <param name="start">Makes the engine of a device.</param>
    /// <param name="instruments">Where their work is measured. Default: nowhere.</param>
    /// <param name="logger">Told what whoever runs them should know. Default: nobody.</param>
    public DeviceSessions(
        IEnumerable<RingDevice> devices, Func<string, IInferenceEngine> start, Instruments? instruments = null, ILogger<DeviceSession>? logger = null)
    {
        foreach (var device in devices)
        {
            var session = new DeviceSession(device.Key, () => start(device.Device), instruments, logger);
            sessions[device.Key] = session;
            instruments?.Show(session);
        }
    }

    /// <summary>All devices of this silo.</summary>
    public IReadOnlyCollection<DeviceSession> All => sessions.Values;

    /// <summary>Finds the device that a grain key begins with.</summary>
    public bool TryGet(string grainKey, [NotNullWhen(true)] out DeviceSession? session) =>
        sessions.TryGetValue(RingDevice.Parse(grainKey).Key, out session);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in sessions.Values)
            session.Dispose();
    }
}
