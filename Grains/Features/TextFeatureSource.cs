using MplugCluster.Grains.Inference;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Features;

/// <summary>Where a silo's text features come from: memory, then the device. Texts that are missing are encoded together.</summary>
public sealed class TextFeatureSource(FeatureCache cache, string fingerprint, Instruments? instruments = null)
{
    /// <summary>Finds or makes the features of texts; also says how many were held.</summary>
    public async Task<CallOutcome<(TextFeatures[] Texts, int Held)>> Get(
        IReadOnlyList<int[]> tokenIds, DeviceSession device, Deadline deadline, CancellationToken cancellation)
    {
        var keys = tokenIds.Select(ids => FeatureKeys.Text(ids, fingerprint)).ToArray();
        var found = keys.Select(cache.Find<TextFeatures>).ToArray();
        var missing = Enumerable.Range(0, keys.Length).Where(i => found[i] is null).DistinctBy(i => keys[i]).ToArray();
        if (missing.Length > 0)
        {
            var encoded = await device.EncodeTexts([.. missing.Select(i => tokenIds[i])], deadline, cancellation);
            if (!encoded.Ok)
                return encoded.As<(TextFeatures[], int)>();
            var made = missing.Zip(encoded.Value).ToDictionary(pair => keys[pair.First], pair => pair.Second, StringComparer.Ordinal);
            foreach (var (key, text) in made)
                cache.Add(key, text, text.Bytes);
            for (var i = 0; i < found.Length; i++)
                found[i] ??= made[keys[i]];
        }

        instruments?.LookedUp("text", "memory", keys.Length - missing.Length);
        instruments?.LookedUp("text", "none", missing.Length);
        return CallOutcomes.Done((found!, keys.Length - missing.Length))!;
    }

    /// <summary>
    /// Features of texts that are always encoded together, whatever the cache holds of them one by one: how a text is batched can show in the
    /// last bits of its features, and a job's numbers must not depend on what ran before it.
    /// </summary>
    public async Task<CallOutcome<TextFeatures[]>> GetTogether(
        IReadOnlyList<int[]> tokenIds, DeviceSession device, Deadline deadline, CancellationToken cancellation)
    {
        if (tokenIds.Count == 0)
            return CallOutcomes.Done<TextFeatures[]>([]);
        var key = FeatureKeys.Texts(tokenIds, fingerprint);
        using var joined = deadline.Begin(WorkActivity.Joined);
        return cache.Find<TextFeatures[]>(key) is { } held ? CallOutcomes.Done(held) : await cache.Share(
            key,
            async token =>
            {
                // Another's load may have ended between the look above and this one's start.
                if (cache.Find<TextFeatures[]>(key) is { } late)
                    return CallOutcomes.Done(late);
                var encoded = await device.EncodeTexts(tokenIds, deadline, token);
                if (encoded.Ok)
                    cache.Add(key, encoded.Value, encoded.Value.Sum(text => text.Bytes));
                return encoded;
            },
            cancellation);
    }
}
