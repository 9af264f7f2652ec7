using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Features;

/// <summary>Embeddings of many items, gathered from many devices.</summary>
public sealed record EncodingResult
{
    internal EncodingResult(int count) => (Embeddings, Errors) = (new float[count][], new ItemError?[count]);

    /// <summary>How it ended; with anything but Ok some items may have neither embedding nor error.</summary>
    public DeviceReply Reply { get; init; } = new(CallStatus.Ok);

    /// <summary>Embedding of each item, null where it failed.</summary>
    public float[]?[] Embeddings { get; }

    /// <summary>Why an item failed.</summary>
    public ItemError?[] Errors { get; }

    /// <summary>Where the features came from.</summary>
    public TierCounts Tiers => tiers[0];

    // In an array so that the record's copies share it.
    readonly TierCounts[] tiers = [ImageLookup.FromNowhere];

    internal void Take(int[] items, EncodingReply reply)
    {
        var numbers = FloatBytes.ToFloats(reply.Embeddings);
        var width = numbers.Length / items.Length;
        for (var i = 0; i < items.Length; i++)
        {
            Errors[items[i]] = reply.Errors[i];
            Embeddings[items[i]] = reply.Errors[i] is null ? numbers.Slice(i * width, width).ToArray() : null;
        }

        tiers[0] += reply.Tiers;
    }
}
