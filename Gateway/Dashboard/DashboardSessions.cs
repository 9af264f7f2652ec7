using System.Security.Cryptography;

namespace MplugCluster.Gateway.Dashboard;

/// <summary>
/// Who has opened Orleans' dashboard. A browser cannot send a key with the pages it opens, so it is given a number that stands for the key it has
/// sent once; what the key may do is looked at again with every request. Thread-safe.
/// </summary>
sealed class DashboardSessions(TimeProvider time)
{
    /// <summary>How long a number holds.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(8);

    /// <summary>Numbers that hold at a time; then the oldest goes.</summary>
    const int Most = 256;

    readonly Lock gate = new();
    readonly Dictionary<string, (string Authorization, DateTimeOffset Ends)> sessions = new(StringComparer.Ordinal);

    /// <summary>A number that nobody can guess, for an Authorization header.</summary>
    public string Open(string authorization)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var ended in sessions.Where(session => session.Value.Ends <= now).Select(session => session.Key).ToArray())
                sessions.Remove(ended);
            if (sessions.Count >= Most)
                sessions.Remove(sessions.MinBy(session => session.Value.Ends).Key);
            sessions[id] = (authorization, now + Lifetime);
        }

        return id;
    }

    /// <summary>The header that a number stands for; null where it stands for none.</summary>
    public string? AuthorizationOf(string id)
    {
        lock (gate)
            return sessions.TryGetValue(id, out var session) && session.Ends > time.GetUtcNow() ? session.Authorization : null;
    }
}
