using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Inference;

/// <summary>Makes outcomes.</summary>
static class CallOutcomes
{
    public static CallOutcome<T> Done<T>(T value) => new(CallStatus.Ok, value);

    public static CallOutcome<T> Failed<T>(CallStatus status, string message, int retryAfterMs = 0) => new(status, default, message, retryAfterMs);
}
