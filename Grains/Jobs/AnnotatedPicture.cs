using System.Text.Json.Serialization;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs;

/// <summary>A picture of an evaluate job with its captions.</summary>
/// <param name="Image">The picture as the input names it.</param>
/// <param name="Picture">The picture; its content hash may be empty.</param>
/// <param name="Captions">Its captions.</param>
/// <param name="Error">Why it cannot be one; then it is left out and reported.</param>
public sealed record AnnotatedPicture(
    string Image,
    PictureReference Picture,
    string[] Captions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ItemError? Error = null);
