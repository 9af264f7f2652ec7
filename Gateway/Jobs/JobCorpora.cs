using MplugCluster.Gateway.Corpora;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Corpora that jobs work with.</summary>
sealed class JobCorpora(IGrainFactory grains, SiloModel model)
{
    /// <summary>The corpus as it is now, if jobs of this model and convention can work with it.</summary>
    public async Task<CorpusDescription> Require(string? name, string? convention, CancellationToken cancellation)
    {
        if (name is null)
            throw Problems.InvalidRequest("The job needs a 'corpus'.");
        var reply = await grains.Corpus(name).Describe(cancellation);
        Problems.ThrowIfFailed(reply, name);
        var corpus = reply.Corpus!;
        if (corpus.Fingerprint != model.Fingerprint)
        {
            throw Problems.ModelMismatch(
                $"Corpus '{name}' was made with the model {corpus.Fingerprint}; this cluster serves {model.Fingerprint}.");
        }

        return convention is null || convention == corpus.Convention
            ? corpus
            : throw Problems.ConventionMismatch(name, corpus.Convention, convention);
    }
}
