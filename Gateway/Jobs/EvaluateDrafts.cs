using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Planning;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Evaluate jobs.</summary>
sealed class EvaluateDrafts(JobPictures pictures, SiloModel model)
{
    const int MaxCandidates = 10_000, DefaultResamples = 1000, MaxResamples = 100_000;

    /// <summary>Pictures of an input that has not been read.</summary>
    const int SomePictures = 1000;

    /// <summary>Looks at a request. A picture that cannot be one ends it: its pairs would be missing from the metrics.</summary>
    public async Task<JobDraft> Read(JobRequest request, CancellationToken cancellation)
    {
        if (request.Annotations is null == request.Input is null)
            throw Problems.InvalidRequest("An evaluate job needs either 'annotations' or 'input'.");
        if (request.Annotations is { Count: 0 })
            throw Problems.InvalidRequest("There are 0 annotations; at least 1 is needed.");
        JobMembers.Require("candidates", request.Candidates ?? 1, 1, MaxCandidates);
        JobMembers.Require("resamples", request.Resamples ?? DefaultResamples, 0, MaxResamples);
        var convention = model.ConventionOf(request.Convention);
        var candidates = request.Candidates ?? Math.Clamp(model.Candidates, 1, MaxCandidates);
        var annotations = request.Annotations is null ? null : await Annotations(request.Annotations, cancellation);
        return new JobDraft
        {
            Kind = JobKind.Evaluate,
            Convention = convention.Name(),
            Input = request.Input is null ? null : JobSources.InputOf(request.Input, "json", "jsonl", "csv"),
            Items = annotations is null ? null : new JobInputItems { Annotations = annotations },
            Evaluate = new EvaluatePlan(candidates, request.Resamples ?? DefaultResamples),
            Load = annotations is null
                ? JobLoad.Evaluate(SomePictures, SomePictures, candidates)
                : JobLoad.Evaluate(annotations.Length, annotations.Sum(picture => (long)picture.Captions.Length), candidates),
        };
    }

    async Task<AnnotatedPicture[]> Annotations(IReadOnlyList<AnnotationInput> inputs, CancellationToken cancellation)
    {
        PictureInputs.ThrowIfTooManyUrls(inputs.Select(input => input?.Image.Picture));
        var annotations = new AnnotatedPicture[inputs.Count];
        for (var i = 0; i < annotations.Length; i++)
        {
            var input = inputs[i] ?? throw Problems.InvalidRequest("The list of annotations holds a null.");
            var captions = input.Captions.Values;
            if (captions.FirstOrDefault(caption => caption is null || caption.Length > ServedModelExtensions.MaxTextLength) is { } tooLong)
            {
                throw Problems.InvalidRequest(
                    $"Annotation {i + 1}: a caption has {tooLong.Length} characters, at most {ServedModelExtensions.MaxTextLength} are allowed.");
            }

            var picture = await pictures.Require(input.Image, $"Annotation {i + 1}", cancellation);
            annotations[i] = new AnnotatedPicture(JobPictures.NameOf(picture), picture, [.. captions]);
        }

        return annotations;
    }
}
