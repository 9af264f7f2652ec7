using System.Text.Json;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Page.Tests.Gateways;

/// <summary>The pictures in <c>samples/</c>, of which tests use the first.</summary>
static class SamplePictures
{
    /// <summary>How many are indexed.</summary>
    public const int Count = 60;

    /// <summary>Their paths.</summary>
    public static string[] All { get; } = [.. Directory.GetFiles(Repository.Pictures).Order(StringComparer.Ordinal).Take(Count)];

    /// <summary>The first caption of each.</summary>
    public static string[] Captions { get; } = [.. Annotations().Take(Count).Select(annotation => annotation.GetProperty("caption")[0].GetString()!)];

    /// <summary>Metadata of one.</summary>
    public static JsonElement Year(int number) => JsonSerializer.SerializeToElement(new { year = 2000 + number % 20 });

    /// <summary>The annotations of the first few, as an evaluation takes them.</summary>
    public static AnnotationInput[] ToEvaluate(int count) =>
    [
        .. Annotations().Take(count).Select((annotation, i) => new AnnotationInput(
            PictureInput.OfData(File.ReadAllBytes(All[i])),
            new OneOrMany<string>([.. annotation.GetProperty("caption").EnumerateArray().Select(caption => caption.GetString()!)], false))),
    ];

    static JsonElement.ArrayEnumerator Annotations() =>
        JsonDocument.Parse(File.ReadAllBytes(Repository.Path("samples", "annotations.json"))).RootElement.EnumerateArray();
}
