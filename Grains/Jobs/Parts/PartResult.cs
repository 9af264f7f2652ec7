using MplugCluster.Grains.Features;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>What a part comes to.</summary>
sealed record PartResult
{
    /// <summary>Sections of its file; null for a block's last stage, which has <see cref="Rows"/>.</summary>
    public IReadOnlyList<byte[]>? Sections { get; init; }

    /// <summary>The block's results, as JSON lines.</summary>
    public byte[]? Rows { get; init; }

    /// <summary>The block's error report.</summary>
    public IReadOnlyList<ErrorLine> Errors { get; init; } = [];

    /// <summary>Parts of the next stage, where this part decides it.</summary>
    public int Next { get; init; } = -1;

    /// <summary>Items that the part had.</summary>
    public int Items { get; init; }

    /// <summary>Items that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Where image features came from.</summary>
    public TierCounts Tiers { get; init; } = ImageLookup.FromNowhere;

    /// <summary>Why the job cannot go on.</summary>
    public string? Fatal { get; init; }
}
