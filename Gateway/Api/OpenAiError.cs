namespace MplugCluster.Gateway.Api;

/// <summary>A problem as OpenAI's clients look for one; they show nothing of an answer without it.</summary>
/// <param name="Message">The problem's detail.</param>
/// <param name="Type">The problem's type.</param>
public sealed record OpenAiError(string Message, string Type);
