using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>An embedding as a list of numbers, or as base64 of its little-endian float32 bytes.</summary>
/// <param name="Values">The numbers.</param>
/// <param name="AsBase64">How to write them.</param>
[JsonConverter(typeof(EmbeddingVectorConverter))]
public sealed record EmbeddingVector(float[] Values, bool AsBase64);
