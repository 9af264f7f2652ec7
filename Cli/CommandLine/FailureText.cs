using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using MplugCluster.Gateway.Client;
using MplugCluster.Model.Inference;

namespace MplugCluster.Cli.CommandLine;

/// <summary>A failure in the words of the command line, where those of the HTTP API would send its user to the wrong place.</summary>
static class FailureText
{
    /// <summary>What is said of a failure.</summary>
    public static string Of(Exception failure) => failure switch
    {
        MplugApiException { Problem.Type: "urn:mplug:unauthorized" } =>
            "The server needs a key, or does not know the one it got: give it with --token, or in the variable Mplug__Gateway__Token.",

        // The detail says all that the title does.
        MplugApiException { Problem: { Status: 404 } problem } when problem.Detail.StartsWith("There is no", StringComparison.Ordinal) => problem.Detail,
        HttpRequestException { InnerException: SocketException } =>
            $"The server cannot be reached: {failure.Message}. Check --server, and that it runs ('mplug serve' starts one).",
        IOException { InnerException: AddressInUseException } => $"{failure.Message} Choose another with --url; port 0 takes a free one.",
        _ when RuntimeMessage.Is(failure) => $"ONNX Runtime failed: {RuntimeMessage.Of(failure)}",
        _ => failure.Message,
    };
}
