using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Sources;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Pictures of jobs as references: those of a source are read when their turn comes, all others are in the store.</summary>
sealed class JobPictures(PictureInputs pictures, SourceCatalog sources)
{
    /// <summary>The reference, or why there is none.</summary>
    public async Task<(PictureReference? Picture, ApiError? Error)> Resolve(JobPicture input, CancellationToken cancellation)
    {
        if (input.Picture is not null)
            return await pictures.Resolve(input.Picture, cancellation);
        JobSources.CheckAddress(input.Source!, "source");

        // Refused now rather than by a job that would try it for ever.
        sources.Open(input.Source!);
        return input.Path!.Length > 0
            ? (new PictureReference(input.Path, "", Source: input.Source!), null)
            : (null, new ApiError("invalid", "The picture's path is empty."));
    }

    /// <summary>The reference; a picture that cannot be one ends the request.</summary>
    public async Task<PictureReference> Require(JobPicture input, string place, CancellationToken cancellation)
    {
        var (picture, error) = await Resolve(input, cancellation);
        return picture ?? throw Problems.OfPicture(error! with { Message = $"{place}: {error.Message}" });
    }

    /// <summary>What results call a picture that was given no name.</summary>
    public static string NameOf(PictureReference? picture) => picture switch
    {
        null => "",
        { Source.Length: > 0 } => picture.Path,
        _ => picture.ContentHash,
    };
}
