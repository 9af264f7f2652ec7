using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs.Planning;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Requests for jobs, looked at by the rules of their kind.</summary>
sealed class JobDrafts(JobCorpora corpora, RankDrafts rank, ScoreDrafts score, EvaluateDrafts evaluate)
{
    /// <summary>Pictures of a source that has not been listed.</summary>
    const int SomePictures = 1000;

    /// <summary>A request to submit a job.</summary>
    public Task<JobDraft> ToSubmit(JobRequest request, CancellationToken cancellation) =>
        Read(request, JobMembers.KindOf(request.Kind), isPlan: false, cancellation);

    /// <summary>A request to estimate a job: a rank job's, where it does not say.</summary>
    public async Task<JobDraft> ToPlan(JobRequest request, CancellationToken cancellation)
    {
        var draft = await Read(request, JobMembers.KindOf(request.Kind ?? "rank"), isPlan: true, cancellation);
        return draft.IsMeasured ? draft : throw Problems.InvalidRequest(draft.Kind == JobKind.Ingest
            ? "An ingest is not planned: how much there is shows when its source is listed. POST /v1/corpora/{name}/ingest with 'dry_run' lists it."
            : "How much an 'input' holds shows when the job reads it; send the items along, or for a rank job their number.");
    }

    Task<JobDraft> Read(JobRequest request, JobKind kind, bool isPlan, CancellationToken cancellation)
    {
        JobMembers.Check(request, kind);
        return kind switch
        {
            JobKind.Rank => rank.Read(request, isPlan, cancellation),
            JobKind.Score => score.Read(request, cancellation),
            JobKind.Evaluate => evaluate.Read(request, cancellation),
            _ => Ingest(request, cancellation),
        };
    }

    async Task<JobDraft> Ingest(JobRequest request, CancellationToken cancellation)
    {
        var source = request.Source ?? throw Problems.InvalidRequest("An ingest job needs a 'source'.");
        var plan = JobSources.PlanOf(source, request.DeleteMissing ?? false);
        var corpus = await corpora.Require(request.Corpus, request.Convention, cancellation);
        return new JobDraft
        {
            Kind = JobKind.Ingest,
            Corpus = corpus.Name,
            CorpusId = corpus.Id,
            Convention = corpus.Convention,
            Ingest = plan,
            Load = JobLoad.Ingest(SomePictures),
        };
    }
}
