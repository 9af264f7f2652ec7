using MplugCluster.Grains.Features;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>
/// The set that a job evaluates: its pictures and captions by number, and what the first two stages found. A picture that cannot be used leaves
/// the set together with its captions.
/// </summary>
sealed class EvaluationSet
{
    /// <summary>The pictures as the input has them.</summary>
    public required IReadOnlyList<AnnotatedPicture> Annotations { get; init; }

    /// <summary>Each picture with its content hash; null where it cannot be used.</summary>
    public PictureReference?[] Pictures { get; private set; } = [];

    /// <summary>Why a picture cannot be used.</summary>
    public ItemError?[] Errors { get; private set; } = [];

    /// <summary>Embeddings of the pictures; empty where there is none.</summary>
    public float[][] PictureEmbeddings { get; private set; } = [];

    /// <summary>Embeddings of the captions.</summary>
    public float[][] CaptionEmbeddings { get; private set; } = [];

    /// <summary>All captions, picture after picture.</summary>
    public string[] Captions { get; private init; } = [];

    /// <summary>The picture of each caption.</summary>
    public int[] PictureOf { get; private init; } = [];

    /// <summary>Numbers of the pictures in the set, ascending.</summary>
    public int[] UsablePictures => [.. Enumerable.Range(0, Pictures.Length).Where(picture => Pictures[picture] is not null)];

    /// <summary>Numbers of the captions in the set, ascending.</summary>
    public int[] UsableCaptions => [.. Enumerable.Range(0, Captions.Length).Where(caption => Pictures[PictureOf[caption]] is not null)];

    /// <summary>Takes a picture out of the set that turned out unusable later.</summary>
    public void Exclude(int picture, ItemError error) => (Pictures[picture], Errors[picture]) = (null, error);

    /// <summary>Reads the input alone.</summary>
    public static async Task<EvaluationSet> ReadInput(PartScope scope, CancellationToken cancellation)
    {
        var annotations = new List<AnnotatedPicture>();
        for (var block = 0; block < scope.Input!.Blocks; block++)
            annotations.AddRange(await scope.ReadInput<AnnotatedPicture>(block, cancellation));
        return new EvaluationSet
        {
            Annotations = annotations,
            Captions = [.. annotations.SelectMany(picture => picture.Captions)],
            PictureOf = [.. annotations.SelectMany((picture, number) => picture.Captions.Select(_ => number))],
        };
    }

    /// <summary>Reads the input and what became of its pictures and captions.</summary>
    public static async Task<EvaluationSet> Read(PartScope scope, CancellationToken cancellation)
    {
        var set = await ReadInput(scope, cancellation);
        var shape = new JobShape(scope.Plan, scope.Input!);
        var (pictures, errors, embeddings, captions) = (new List<PictureReference?>(), new List<ItemError?>(), new List<float[]>(), new List<float[]>());
        for (var part = 0; part < shape.PartsOf(0, 0); part++)
        {
            var file = await scope.ReadPart(0, part, cancellation);
            var path = scope.PathOf(0, part);
            var some = JobJson.Read<EvaluatedPicture[]>(await file.Section(scope.Store, path, 0, cancellation));
            pictures.AddRange(some.Select(picture => picture.Picture));
            errors.AddRange(some.Select(picture => picture.Error));
            var rows = Rows(await file.Section(scope.Store, path, 1, cancellation), some.Count(picture => picture.Picture is not null));
            embeddings.AddRange(some.Select(picture => picture.Picture is null ? [] : rows.Dequeue()));
        }

        for (var part = 0; part < shape.PartsOf(0, 1); part++)
        {
            var file = await scope.ReadPart(1, part, cancellation);
            captions.AddRange(Rows(await file.Section(scope.Store, scope.PathOf(1, part), 0, cancellation), file.Items));
        }

        (set.Pictures, set.Errors, set.PictureEmbeddings, set.CaptionEmbeddings) = ([.. pictures], [.. errors], [.. embeddings], [.. captions]);
        return set;
    }

    static Queue<float[]> Rows(byte[] bytes, int count)
    {
        var rows = new Queue<float[]>();
        var width = count == 0 ? 0 : bytes.Length / count;
        for (var row = 0; row < count; row++)
            rows.Enqueue(FloatBytes.ToFloats(bytes[(row * width)..((row + 1) * width)]).ToArray());
        return rows;
    }
}
