using Microsoft.AspNetCore.Http.Features;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Model.Evaluation;

namespace MplugCluster.Gateway.Annotations;

/// <summary>
/// <c>POST /v1/annotations</c>: what an annotation file holds, for those who send its pictures and submit it as a job, as the page does. The
/// reader is the one that the command uses.
/// </summary>
static class AnnotationEndpoints
{
    /// <summary>Largest file, in bytes: COCO's split file with all its captions has 144 MB.</summary>
    const long MaxBytes = 256L * 1024 * 1024;

    public static IEndpointRouteBuilder MapAnnotations(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/annotations", Read);
        return routes;
    }

    /// <summary>The body is the file as it is; <c>name</c> is its name, whose ending says its form, and <c>split</c> the split of a Karpathy file.</summary>
    static async Task<AnnotationSet> Read(string name, string? split, HttpContext context, CancellationToken cancellation)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = MaxBytes;
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, cancellation);
        try
        {
            return SetOf(name, content.ToArray(), split);
        }
        catch (InvalidDataException e)
        {
            throw Problems.Annotations(e.Message);
        }
    }

    static AnnotationSet SetOf(string name, byte[] content, string? split)
    {
        var format = Path.GetExtension(name).TrimStart('.').ToLowerInvariant();
        var splits = RetrievalAnnotations.Splits(name, format, content);

        // A file without the usual split is no error as long as nobody asks for one: who asks chooses from what there is.
        if (split is null && splits.Count > 0 && !splits.ContainsKey(RetrievalAnnotations.TestSplit))
            return new AnnotationSet(splits, null, []);
        split ??= RetrievalAnnotations.TestSplit;
        var set = RetrievalAnnotations.Parse(name, format, content, split);
        return new AnnotationSet(
            splits,
            splits.Count > 0 ? split : null,
            [.. set.Images.Select((image, i) => new AnnotatedFile(image, [.. set.CaptionsOfImage[i].Select(caption => set.Captions[caption])]))]);
    }
}
