using System.Globalization;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Planning;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Score jobs.</summary>
sealed class ScoreDrafts(JobPictures pictures, SiloModel model)
{
    /// <summary>Pairs of an input that has not been read.</summary>
    const int SomePairs = 1000;

    /// <summary>Looks at a request. A pair whose picture cannot be one has its error and stops nothing.</summary>
    public async Task<JobDraft> Read(JobRequest request, CancellationToken cancellation)
    {
        if (request.Pairs is null == request.Input is null)
            throw Problems.InvalidRequest("A score job needs either 'pairs' or 'input'.");
        if (request.Pairs is { Count: 0 })
            throw Problems.InvalidRequest("There are 0 pairs; at least 1 is needed.");
        if (request.MinProbability is not null and not (>= 0 and <= 1))
            throw Problems.InvalidRequest(FormattableString.Invariant($"'min_probability' is {request.MinProbability}; 0 to 1 are allowed."));
        var convention = model.ConventionOf(request.Convention);
        var pairs = request.Pairs is null ? null : await Pairs(request.Pairs, cancellation);
        return new JobDraft
        {
            Kind = JobKind.Score,
            Convention = convention.Name(),
            Input = request.Input is null ? null : JobSources.InputOf(request.Input, "jsonl", "csv", "parquet"),
            Items = pairs is null ? null : new JobInputItems { Pairs = pairs },
            Score = new ScorePlan(request.MinProbability),
            Load = pairs is null ? JobLoad.Score(SomePairs, SomePairs, SomePairs) : JobLoad.Score(
                pairs.Length,
                pairs.Select(pair => (pair.Picture?.Source, pair.Picture?.Path)).Distinct().LongCount(),
                pairs.Select(pair => pair.Text).Distinct(StringComparer.Ordinal).LongCount()),
        };
    }

    async Task<JobPair[]> Pairs(IReadOnlyList<JobPairInput> inputs, CancellationToken cancellation)
    {
        PictureInputs.ThrowIfTooManyUrls(inputs.Select(input => input?.Image.Picture));
        var pairs = new JobPair[inputs.Count];
        for (var i = 0; i < pairs.Length; i++)
        {
            var input = inputs[i] ?? throw Problems.InvalidRequest("The list of pairs holds a null.");
            if (input.Text.Length > ServedModelExtensions.MaxTextLength)
            {
                throw Problems.InvalidRequest(
                    $"Pair {i + 1}: its text has {input.Text.Length} characters, at most {ServedModelExtensions.MaxTextLength} are allowed.");
            }

            var (picture, error) = await pictures.Resolve(input.Image, cancellation);
            pairs[i] = new JobPair(
                input.Id ?? (i + 1).ToString(CultureInfo.InvariantCulture),
                input.Name ?? JobPictures.NameOf(picture),
                picture,
                input.Text,
                error is null ? null : new ItemError(error.Code, error.Message));
        }

        return pairs;
    }
}
