using System.Net.Http.Headers;

namespace MplugCluster.Gateway.Embedded;

/// <summary>
/// Sends requests to whichever process has the store. When that one ends, the next request asks for the new one, which may be this process
/// itself; every request of the API can be repeated.
/// </summary>
/// <param name="door">Where to begin.</param>
/// <param name="reopen">Finds the next door after one that no longer answers; null if there can be none.</param>
sealed class StoreDoorHandler(StoreDoor door, Func<StoreDoor, CancellationToken, Task<StoreDoor?>> reopen) : DelegatingHandler(new SocketsHttpHandler())
{
    const int MaxFailures = 2;

    StoreDoor current = door;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.PathAndQuery;
        var failures = 0;
        while (true)
        {
            var used = current;
            request.RequestUri = new Uri(new Uri(used.Url), path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", used.Token);
            try
            {
                var response = await base.SendAsync(request, cancellationToken);

                // Events have no end to wait for; who listens to them takes them up again himself.
                if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
                    await response.Content.LoadIntoBufferAsync(cancellationToken);
                return response;
            }
            catch (HttpRequestException)
            {
                // A door that answers others but breaks off this request twice will always do so.
                if (++failures > MaxFailures || await reopen(used, cancellationToken) is not { } next)
                    throw;
                failures = next == used ? failures : 0;
                current = next;
            }
        }
    }
}
