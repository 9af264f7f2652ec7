using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>A query of a rank job: a string, <c>{"id", "text"}</c> or <c>{"id", "image"}</c>.</summary>
/// <param name="Id">Stands in the results. Default: its number in the list, from 1.</param>
/// <param name="Text">The text.</param>
/// <param name="Image">The picture.</param>
[JsonConverter(typeof(JobQueryInputConverter))]
public sealed record JobQueryInput(string? Id, string? Text, JobPicture? Image = null);
