using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Scoring;

/// <summary>A pair of the input and where its numbers are.</summary>
/// <param name="Id">The pair.</param>
/// <param name="Image">Its picture as the input names it.</param>
/// <param name="Text">Its text.</param>
/// <param name="ContentHash">Content of the picture.</param>
/// <param name="TextNumber">Number of the text within the block.</param>
/// <param name="Error">Why it is not scored.</param>
sealed record ScorePlace(string Id, string? Image, string? Text, string? ContentHash, int TextNumber, ItemError? Error);
