using System.Text.Json.Serialization;

namespace MplugCluster.Grains.Interfaces.Sources;

/// <summary>What a listed thing is. Only append: the numbers are on the wire.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SourceOutcome>))]
public enum SourceOutcome
{
    /// <summary>An item that is a picture.</summary>
    [JsonStringEnumMemberName("picture")]
    Picture = 0,

    /// <summary>An item that is a text.</summary>
    [JsonStringEnumMemberName("text")]
    Text = 1,

    /// <summary>No item: a file of another kind that lies among the pictures.</summary>
    [JsonStringEnumMemberName("ignored")]
    Ignored = 2,

    /// <summary>Meant as an item, but unusable; the error says why.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected = 3,
}
