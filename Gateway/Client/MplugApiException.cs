using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Client;

/// <summary>The server answered with an error.</summary>
public sealed class MplugApiException(Problem problem) : Exception($"{problem.Title}. {problem.Detail}")
{
    /// <summary>The answer.</summary>
    public Problem Problem { get; } = problem;
}
