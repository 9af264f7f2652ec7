using Orleans.Runtime;
using StackExchange.Redis;

namespace MplugCluster.Silo.Hosting;

/// <summary>
/// A membership table in Redis whose first use waits out a Redis that is being restarted. Orleans repeats every later use itself, but lets the
/// silo die of the first.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="time">The clock.</param>
sealed partial class PatientMembershipTable(IMembershipTable table, TimeProvider time, ILogger<PatientMembershipTable> logger) : IMembershipTable
{
    /// <summary>As long as a starting silo waits for Redis anyhow.</summary>
    internal static readonly TimeSpan Patience = RedisCheck.Patience;
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Makes the table if there is none; doing it twice does no harm, so a lost answer is no reason not to.</summary>
    /// <exception cref="RedisException">Redis has not answered for fifteen seconds, or refuses.</exception>
    public async Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken)
    {
        var (started, told) = (time.GetTimestamp(), false);
        while (true)
        {
            try
            {
                await table.InitializeMembershipTableAsync(tryInitTableVersion, cancellationToken);
                return;
            }
            catch (Exception e) when (IsPassing(e) && time.GetElapsedTime(started) < Patience)
            {
                if (!told)
                    LogWaiting(e.Message);
                told = true;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken) =>
        table.DeleteMembershipTableEntriesAsync(clusterId, cancellationToken);

    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken) =>
        table.CleanupDefunctSiloEntriesAsync(beforeDate, cancellationToken);

    public Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken) => table.ReadRowAsync(key, cancellationToken);

    public Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken) => table.ReadAllAsync(cancellationToken);

    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        table.InsertRowAsync(entry, tableVersion, cancellationToken);

    public Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        table.UpdateRowAsync(entry, etag, tableVersion, cancellationToken);

    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken) => table.UpdateIAmAliveAsync(entry, cancellationToken);

    // The forms without a token, which Orleans has given up but still demands.
    public Task InitializeMembershipTable(bool tryInitTableVersion) => InitializeMembershipTableAsync(tryInitTableVersion, CancellationToken.None);

    public Task DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId, CancellationToken.None);

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate, CancellationToken.None);

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    public Task<MembershipTableData> ReadAll() => ReadAllAsync(CancellationToken.None);

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => InsertRowAsync(entry, tableVersion, CancellationToken.None);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    public Task UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    /// <summary>What a restart of Redis causes: no connection, no answer, or one that it still reads its file.</summary>
    static bool IsPassing(Exception failure) =>
        failure is RedisConnectionException or RedisTimeoutException || (failure is RedisServerException answer && RedisCheck.IsLoading(answer));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis went away while the silo starts; it is waited for: {Reason}")]
    partial void LogWaiting(string reason);
}
