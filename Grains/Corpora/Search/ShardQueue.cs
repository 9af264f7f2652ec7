using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>Searches that wait for one shard. Those that wait at the same time go through its rows together, in one pass.</summary>
/// <param name="lane">The silo's scan lane.</param>
/// <param name="team">The threads of a scan.</param>
public sealed class ShardQueue(Lane lane, ScanTeam team)
{
    /// <summary>Queries of one pass.</summary>
    const int MostQueries = 256;

    /// <summary>Time that a row takes, in milliseconds: 256 numbers at memory speed.</summary>
    const double RowMs = 5e-5;

    /// <summary>What a further query of the same pass costs of that.</summary>
    const double FurtherQuery = 0.15;

    readonly List<Waiting> waiting = [];
    readonly Lock turn = new();

    /// <summary>Times that rows were gone through.</summary>
    public int Passes { get; private set; }

    /// <summary>Searches a shard when the lane comes to it.</summary>
    public async Task<CallOutcome<ShardHits>> Search(EmbeddingShard shard, RowQuery[] queries, Deadline deadline, CancellationToken cancellation)
    {
        var own = new Waiting(shard, queries);
        int before;
        lock (waiting)
        {
            before = waiting.Count(other => other.Shard == shard);
            waiting.Add(own);
        }

        try
        {
            var passes = (before == 0 ? 1 - FurtherQuery : 0) + FurtherQuery * queries.Length;
            return await lane.Run(() => Answer(own), (int)(RowMs * shard.Rows * passes), deadline, cancellation);
        }
        finally
        {
            lock (waiting)
                waiting.Remove(own);
        }
    }

    ShardHits Answer(Waiting own)
    {
        lock (turn)
        {
            if (own.Found is { } answered)
                return answered;
            var together = Together(own);
            Passes++;
            var found = own.Shard.Search([.. together.SelectMany(search => search.Queries)], team);
            var first = 0;
            foreach (var search in together)
            {
                search.Found = HitPacking.Part(found, first, search.Queries.Length);
                first += search.Queries.Length;
            }

            return own.Found!;
        }
    }

    List<Waiting> Together(Waiting own)
    {
        var (together, queries) = (new List<Waiting> { own }, own.Queries.Length);
        lock (waiting)
        {
            foreach (var other in waiting.Where(other => other != own && other.Shard == own.Shard && other.Found is null))
            {
                if (queries + other.Queries.Length > MostQueries)
                    break;
                together.Add(other);
                queries += other.Queries.Length;
            }
        }

        return together;
    }

    sealed class Waiting(EmbeddingShard shard, RowQuery[] queries)
    {
        public EmbeddingShard Shard => shard;

        public RowQuery[] Queries => queries;

        public ShardHits? Found { get; set; }
    }
}
