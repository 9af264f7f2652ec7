namespace MplugCluster.Gateway.Api;

/// <summary>Token counts in OpenAI's shape.</summary>
/// <param name="PromptTokens">Tokens of all texts.</param>
/// <param name="TotalTokens">The same.</param>
public sealed record TokenUsage(int PromptTokens, int TotalTokens);
