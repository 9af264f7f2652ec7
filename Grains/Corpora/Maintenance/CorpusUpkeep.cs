using Microsoft.Extensions.Logging;
using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Storage;
using Orleans.Runtime;

namespace MplugCluster.Grains.Corpora.Maintenance;

/// <summary>What a corpus needs beside its changes: small and worn segments merged, files that nobody needs deleted.</summary>
sealed partial class CorpusUpkeep(CorpusSettings settings, ISiloStatusOracle silos, ILogger<CorpusUpkeep> logger)
{
    /// <summary>Does what is to be done now. A fault is logged and ends it: the corpus is as good as before, and the next change tries again.</summary>
    public async Task Run(CorpusLedger ledger)
    {
        try
        {
            while (await ledger.Compact(CancellationToken.None))
                LogCompacted(ledger.Description.Name, ledger.Manifest.Segments.Count);
            await ledger.Collect(settings.SegmentGrace, CancellationToken.None);
        }
        catch (StoreException e)
        {
            LogFailed(ledger.Description.Name, e);
        }
    }

    /// <summary>Whether a corpus's embeddings are more than the silos together hold in memory, so that searches read from disk.</summary>
    public bool IsPaged(CorpusLedger ledger) => settings.Precision == EmbeddingPrecision.Fp32
        && ledger.EmbeddingBytes / Math.Max(1, silos.GetApproximateSiloStatuses(onlyActive: true).Count) > settings.Budget.Bytes;

    [LoggerMessage(LogLevel.Debug, "Corpus '{Corpus}' has {Segments} segments after merging some.")]
    partial void LogCompacted(string corpus, int segments);

    [LoggerMessage(LogLevel.Warning, "The segments of corpus '{Corpus}' could not be merged or collected; the corpus is as it was.")]
    partial void LogFailed(string corpus, Exception fault);
}
