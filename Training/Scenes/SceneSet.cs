using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
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

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Makes a data set. The same seed gives the same scenes, whatever the number of them.</summary>
    /// <param name="directory">Where to; made if it is not there, and must be empty.</param>
    /// <param name="count">Pictures.</param>
    /// <param name="captions">Captions of each picture, all different; a picture of one shape has up to ten.</param>
    /// <param name="alike">
    /// Pictures of a group that differ from its first in one thing each, which every caption tells; they have a common <c>group</c>, which training keeps
    /// in one batch. 1: every picture is for itself.
    /// </param>
    /// <param name="seed">Seed.</param>
    /// <param name="progress">Told how many pictures are there.</param>
    /// <param name="cancellation">Ends it between pictures.</param>
    /// <returns>Captions written.</returns>
    /// <exception cref="TrainingDataException">The directory is in use.</exception>
    public static int Write(string directory, int count, int captions, int alike, int seed, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
            throw new TrainingDataException($"'{directory}' exists and is not empty; scenes are written to a new directory.");
        Directory.CreateDirectory(Path.Combine(directory, PictureFolder));
        var all = new (string Image, string[] Captions)[count];
        var done = 0;
        Parallel.For(0, (count + alike - 1) / alike, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, group =>
        {
            var random = StepRandom.Of(seed, "scene", group);
            foreach (var (member, (scene, texts)) in Group(alike, captions, random).Index().Take(count - group * alike))
            {
                var number = group * alike + member;
                var image = $"{PictureFolder}/scene{number.ToString("D5", CultureInfo.InvariantCulture)}.png";
                all[number] = (image, texts);
                PngWriter.Write(Path.Combine(directory, image), scene.Width, scene.Height, new ScenePainter(scene, random).Paint());
                progress?.Invoke(Interlocked.Increment(ref done));
            }
        });

        var pairs = all.SelectMany((picture, number) => picture.Captions.Select(caption => new
        {
            image = picture.Image,
            caption,
            image_id = $"scene_{seed}_{number}",
            group = alike > 1 ? $"scenes_{seed}_{number / alike}" : null,
        }));
        File.WriteAllText(Path.Combine(directory, TrainingFile), JsonSerializer.Serialize(pairs, Indented) + "\n");
        File.WriteAllText(
            Path.Combine(directory, EvaluationFile),
            JsonSerializer.Serialize(all.Select(picture => new { image = picture.Image, caption = picture.Captions }), Indented) + "\n");
        return all.Sum(picture => picture.Captions.Length);
    }

    /// <summary>Scenes of a group with their captions; begun again until every scene has captions enough that are true of it alone.</summary>
    static (Scene Scene, string[] Captions)[] Group(int size, int captions, Random random)
    {
        while (true)
        {
            var first = Scene.Random(random);
            var variation = new SceneVariation(first, random);
            Scene[] scenes = [first, .. Enumerable.Range(1, size - 1).Select(_ => variation.Next()).OfType<Scene>()];
            if (scenes.Length < size)
                continue;
            (Scene, string[])[] group = [.. scenes.Select(scene => (scene, SceneCaptions.Of(scene, captions, random, scenes.Where(other => !ReferenceEquals(other, scene)))))];
            if (size == 1 || group.All(member => member.Item2.Length == captions))
                return group;
        }
    }
}
