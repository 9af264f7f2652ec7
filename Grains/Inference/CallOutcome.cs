using System.Diagnostics.CodeAnalysis;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Inference;

/// <summary>A value, or why there is none.</summary>
public sealed record CallOutcome<T>(CallStatus Status, T? Value, string? Message = null, int RetryAfterMs = 0)
{
    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool Ok => Status == CallStatus.Ok && Value is not null;

    /// <summary>The same failure for another type of value.</summary>
    public CallOutcome<TOther> As<TOther>() => new(Status, default, Message, RetryAfterMs);
}
