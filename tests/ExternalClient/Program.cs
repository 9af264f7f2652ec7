using System.Net;
using MplugCluster.ExternalClient;

if (args is not [var silo, var corpus])
{
    Console.Error.WriteLine("usage: dotnet run --project tests/ExternalClient -- <address:client port> <corpus>");
    return 2;
}

await using var client = await CorpusClient.Connect(IPEndPoint.Parse(silo));
var description = await client.Describe(corpus);
Console.WriteLine(description is null ? $"There is no corpus '{corpus}'." : $"{description}");
return description is null ? 1 : 0;
