using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>
/// The set that a job evaluates: its pictures and captions by number, and what the first stage found of the pictures. A picture that cannot be
/// used leaves the set together with its captions. All parts of a silo share one, so nothing in it changes.
/// </summary>
sealed record EvaluationSet
{
    /// <summary>The pictures as the input has them.</summary>
    public required IReadOnlyList<AnnotatedPicture> Annotations { get; init; }

    /// <summary>All captions, picture after picture.</summary>
    public required CaptionList Captions { get; init; }

    /// <summary>The picture of each caption.</summary>
    public required int[] PictureOf { get; init; }

    /// <summary>Each picture with its content hash; null where it cannot be used. Empty before the first stage is done.</summary>
    public PictureReference?[] Pictures { get; init; } = [];

    /// <summary>Why a picture cannot be used.</summary>
    public ItemError?[] Errors { get; init; } = [];

    /// <summary>Numbers of the pictures in the set, ascending.</summary>
    public int[] UsablePictures => [.. Enumerable.Range(0, Pictures.Length).Where(picture => Pictures[picture] is not null)];

    /// <summary>Numbers of the captions in the set, ascending.</summary>
    public int[] UsableCaptions => [.. Enumerable.Range(0, PictureOf.Length).Where(caption => Pictures[PictureOf[caption]] is not null)];

    /// <summary>The set of an input.</summary>
    public static EvaluationSet Of(IReadOnlyList<AnnotatedPicture> annotations) => new()
    {
        Annotations = annotations,
        Captions = new CaptionList([.. annotations.SelectMany(picture => picture.Captions)]),
        PictureOf = [.. annotations.SelectMany((picture, number) => picture.Captions.Select(_ => number))],
    };

    /// <summary>The set without pictures that turned out unusable later.</summary>
    public EvaluationSet Without(IReadOnlyDictionary<int, ItemError> failed) => this with
    {
        Pictures = [.. Pictures.Select((picture, number) => failed.ContainsKey(number) ? null : picture)],
        Errors = [.. Errors.Select((error, number) => failed.GetValueOrDefault(number) ?? error)],
    };
}
