using System.Globalization;
using System.Text.Json;
using MplugCluster.Training.Data;

namespace MplugCluster.Training.Scenes;

/// <summary>
/// Drawings of coloured shapes with true captions: a data set that anybody can make, for training, tests and benchmarks. It needs no licence, and
/// relations and combinations in it are what single embeddings confuse and the fusion encoder gets right.
/// </summary>
public static class SceneSet
{
    /// <summary>Annotations for training: a caption an entry, with <c>image_id</c>.</summary>
    public const string TrainingFile = "train.json";

    /// <summary>The same for evaluation: all captions of a picture in one entry.</summary>
    public const string EvaluationFile = "test.json";

    /// <summary>Folder of the pictures; paths in the annotations begin with it.</summary>
    public const string PictureFolder = "pictures";

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Makes a data set. The same seed gives the same scenes, whatever the number of them.</summary>
    /// <param name="directory">Where to; made if it is not there, and must be empty.</param>
    /// <param name="count">Pictures.</param>
    /// <param name="captions">Captions of each picture, all different; a picture of one shape has up to ten.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="progress">Told how many pictures are there.</param>
    /// <param name="cancellation">Ends it between pictures.</param>
    /// <returns>Captions written.</returns>
    /// <exception cref="TrainingDataException">The directory is in use.</exception>
    public static int Write(string directory, int count, int captions, int seed, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
            throw new TrainingDataException($"'{directory}' exists and is not empty; scenes are written to a new directory.");
        Directory.CreateDirectory(Path.Combine(directory, PictureFolder));
        var all = new (string Image, string[] Captions)[count];
        var done = 0;
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, number =>
        {
            var random = StepRandom.Of(seed, "scene", number);
            var scene = Scene.Random(random);
            var image = $"{PictureFolder}/scene{number.ToString("D5", CultureInfo.InvariantCulture)}.png";
            all[number] = (image, SceneCaptions.Of(scene, captions, random));
            PngWriter.Write(Path.Combine(directory, image), scene.Width, scene.Height, new ScenePainter(scene, random).Paint());
            progress?.Invoke(Interlocked.Increment(ref done));
        });

        var pairs = all.SelectMany((picture, number) => picture.Captions.Select(caption => new { image = picture.Image, caption, image_id = $"scene_{number}" }));
        File.WriteAllText(Path.Combine(directory, TrainingFile), JsonSerializer.Serialize(pairs, Indented) + "\n");
        File.WriteAllText(
            Path.Combine(directory, EvaluationFile),
            JsonSerializer.Serialize(all.Select(picture => new { image = picture.Image, caption = picture.Captions }), Indented) + "\n");
        return all.Sum(picture => picture.Captions.Length);
    }
}
