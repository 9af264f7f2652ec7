using Orleans.Runtime;

namespace MplugCluster.Cluster.Tests.Health;

/// <summary>A membership table that a test fills and breaks.</summary>
sealed class FakeMembershipTable : IMembershipTable
{
    public List<SiloAddress> Rows { get; } = [];

    /// <summary>Thrown by every read and by the first beginnings, if set.</summary>
    public Exception? Fault { get; set; }

    /// <summary>How many beginnings the fault lasts. Default: all.</summary>
    public int FaultyBeginnings { get; set; } = int.MaxValue;

    /// <summary>How often it was begun.</summary>
    public int Beginnings { get; private set; }

    public Task<MembershipTableData> ReadAll() => Fault is null
        ? Task.FromResult(new MembershipTableData([.. Rows.Select(Row)], new TableVersion(1, "1")))
        : Task.FromException<MembershipTableData>(Fault);

    public Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        Beginnings++;
        return Fault is null || Beginnings > FaultyBeginnings ? Task.CompletedTask : Task.FromException(Fault);
    }

    public Task DeleteMembershipTableEntries(string clusterId) => throw new NotSupportedException();

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => throw new NotSupportedException();

    public Task<MembershipTableData> ReadRow(SiloAddress key) => throw new NotSupportedException();

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => throw new NotSupportedException();

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => throw new NotSupportedException();

    public Task UpdateIAmAlive(MembershipEntry entry) => throw new NotSupportedException();

    static Tuple<MembershipEntry, string> Row(SiloAddress silo) => Tuple.Create(new MembershipEntry { SiloAddress = silo }, "1");
}
