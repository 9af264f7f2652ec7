using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Corpora;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Sources;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Corpora that an ingest fills: made when they are not there.</summary>
sealed class IngestCorpora(IGrainFactory grains, SiloModel model, SourceCatalog sources)
{
    /// <summary>Makes the corpus unless it is there. A request that is not valid makes none.</summary>
    public async Task FindOrCreate(string name, IngestRequest request, CancellationToken cancellation)
    {
        sources.Open(JobSources.PlanOf(request.Source, request.DeleteMissing).Source.Address);
        JobMembers.Require("retention_days", request.RetentionDays, 1, 3650);
        var convention = model.ConventionOf(request.Convention);
        var there = await grains.Corpus(name).Describe(cancellation);
        if (there.Status != CorpusStatus.NotFound)
        {
            Problems.ThrowIfFailed(there, name);
            return;
        }

        var made = await grains.Corpus(name).Create(model.Fingerprint, convention.Name(), cancellation);
        if (made.Status != CorpusStatus.AlreadyExists)
            Problems.ThrowIfFailed(made, name);
    }
}
