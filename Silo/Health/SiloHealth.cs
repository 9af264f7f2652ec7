using System.Collections.Concurrent;
using System.Text;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Inference;
using MplugCluster.Grains.Placement;
using MplugCluster.Grains.Storage;
using MplugCluster.Silo.Options;
using Orleans.Runtime;

namespace MplugCluster.Silo.Health;

/// <summary>
/// Whether the silo can work: every device answered its last canary inference, the store took the last write, the cluster has a
/// device, and its membership table knows this silo.
/// Looked at periodically, so that probes cost nothing.
/// </summary>
public sealed partial class SiloHealth : BackgroundService
{
    readonly DeviceSessions sessions;
    readonly Canary canary;
    readonly IObjectStore store;
    readonly IDeviceRingSource rings;
    readonly MembershipWatch? membership;
    readonly string siloName;
    readonly TimeSpan period;
    readonly TimeProvider time;
    readonly ILogger<SiloHealth> logger;
    readonly ConcurrentDictionary<string, DeviceStatus> devices = new(StringComparer.Ordinal);
    string? storeFault = "The store has not been tried yet.";

    /// <summary>Begins to look when the host starts.</summary>
    public SiloHealth(
        DeviceSessions sessions,
        Canary canary,
        IObjectStore store,
        IDeviceRingSource rings,
        ILocalSiloDetails silo,
        MplugOptions options,
        TimeProvider time,
        ILogger<SiloHealth> logger,
        MembershipWatch? membership = null)
    {
        (this.sessions, this.canary, this.store, this.rings, siloName, this.time, this.logger) = (sessions, canary, store, rings, silo.Name, time, logger);
        this.membership = membership;
        period = TimeSpan.FromSeconds(options.Device.CanarySeconds);
    }

    /// <summary>Why the silo is not ready; empty when it is.</summary>
    public IReadOnlyList<string> Faults =>
    [
        .. sessions.All.Select(session => devices.GetValueOrDefault(session.Key))
            .Where(status => status is null or { Ready: false })
            .Select(status => status is null ? "A device is loading its model." : $"Device {status.Device}: {status.Message}"),
        .. storeFault is { } fault ? [fault] : Array.Empty<string>(),
        .. membership?.Fault is { } unsure ? [unsure] : Array.Empty<string>(),
        .. rings.Current.Devices.Count == 0 ? ["The cluster has no device."] : Array.Empty<string>(),
    ];

    /// <summary>Why only a restart helps, when the silo has devices and all of them are lost; else null.</summary>
    public string? Death => sessions.All is { Count: > 0 } all && all.All(session => session.IsLost)
        ? string.Join(' ', all.Select(session => session.Status.Message))
        : null;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        [Repeat(() => TryStore(stoppingToken), stoppingToken), .. sessions.All.Select(session => Repeat(() => TryDevice(session, stoppingToken), stoppingToken))]);

    /// <summary>Each in a loop of its own, so that none waits for another that hangs.</summary>
    async Task Repeat(Func<Task> look, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(period, time);
        do
        {
            await look();
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    async Task TryDevice(DeviceSession session, CancellationToken cancellation)
    {
        await session.Started.WaitAsync(cancellation);
        var status = await canary.Run(session, cancellation);
        if (!status.Ready && devices.GetValueOrDefault(session.Key) is not { Ready: false })
            LogDevice(session.Key, status.Message);
        devices[session.Key] = status;
    }

    async Task TryStore(CancellationToken cancellation)
    {
        try
        {
            await store.Write($"health/{siloName}", Encoding.UTF8.GetBytes(siloName), WriteCondition.None, cancellation);
            storeFault = null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (storeFault != e.Message)
                LogStore(e.Message);
            storeFault = e.Message;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Device {Device} is not ready: {Reason}")]
    partial void LogDevice(string device, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store is not writable: {Reason}")]
    partial void LogStore(string reason);
}
