using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Errors;

/// <summary>Ends a request with an error answer.</summary>
sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}
