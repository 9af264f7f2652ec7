using System.Net;
using System.Net.Sockets;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Gateway.Fetching;

/// <summary>
/// Fetches pictures by URL, from the hosts that the options name and nowhere else. A name is resolved once for each connection, all its addresses
/// must be public, and the connection goes to one of just these; every redirect is looked at as the first address was. Nothing is sent along: no
/// credentials, no cookies, no proxy, no trace.
/// </summary>
sealed class PictureFetcher : IDisposable
{
    /// <summary>Pictures that are fetched at the same time, by all requests together.</summary>
    const int AtOnce = 16;

    const int BufferBytes = 64 * 1024, MaxHeaderKilobytes = 16, MaxDrainBytes = 0;

    readonly FetchOptions options;
    readonly int maxBytes;
    readonly IFetchNetwork network;
    readonly FetchHosts hosts;
    readonly HttpClient http;
    readonly SemaphoreSlim slots = new(AtOnce);

    public PictureFetcher(FetchOptions options, int maxBytes, IFetchNetwork network)
    {
        (this.options, this.maxBytes, this.network, hosts) = (options, maxBytes, network, new FetchHosts(options.HostNames));
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            Credentials = null,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            MaxResponseDrainSize = MaxDrainBytes,

            // Not kept: each fetch resolves and looks at its addresses anew.
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = Connect,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("mplugcluster");
        http.DefaultRequestHeaders.Accept.ParseAdd("image/*");
    }

    /// <summary>Bytes of a picture.</summary>
    /// <exception cref="FetchException">It is not fetched, or could not be.</exception>
    public async Task<byte[]> Fetch(string url, CancellationToken cancellation)
    {
        if (hosts.None)
        {
            throw new FetchException(
                PictureFault.UrlRefused, "This server does not fetch pictures; upload them with PUT /v1/blobs/{sha256}, or set Mplug:Gateway:Fetch:Hosts.");
        }

        var address = Check(Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed : null, from: null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await slots.WaitAsync(cancellation);
        try
        {
            limit.CancelAfter(options.TimeoutMs);
            return await Follow(address, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failed($"'{address.Host}' did not send the picture within {options.TimeoutMs} ms.");
        }
        catch (Exception e) when (e is IOException or HttpRequestException { InnerException: IOException })
        {
            throw Failed($"'{address.Host}' broke off in the middle of the picture.");
        }
        catch (HttpRequestException e)
        {
            // What the connection's own checks threw is wrapped by the client.
            throw e.InnerException as FetchException ?? Failed($"'{address.Host}' cannot be asked: {e.Message}");
        }
        finally
        {
            slots.Release();
        }
    }

    public void Dispose()
    {
        http.Dispose();
        slots.Dispose();
    }

    async Task<byte[]> Follow(Uri address, CancellationToken cancellation)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                return response.StatusCode == HttpStatusCode.OK
                    ? await Read(response, cancellation)
                    : throw Failed($"'{address.Host}' answered {(int)response.StatusCode}.");
            }

            if (redirects == options.MaxRedirects)
                throw Failed($"There are more than {options.MaxRedirects} redirects.");
            var next = response.Headers.Location ?? throw Failed($"'{address.Host}' redirects to nowhere.");
            address = Check(next.IsAbsoluteUri ? next : new Uri(address, next), address);
        }
    }

    async Task<byte[]> Read(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > maxBytes)
            throw TooLarge();
        using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var content = new MemoryStream();
        var buffer = new byte[BufferBytes];
        while (await stream.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            content.Write(buffer, 0, count);
            if (content.Length > maxBytes)
                throw TooLarge();
        }

        return content.ToArray();
    }

    /// <summary>A URL that may be asked, as far as can be said before its name is resolved.</summary>
    Uri Check(Uri? url, Uri? from)
    {
        var fault = url is null || url.Scheme is not ("http" or "https") ? "only http and https are fetched"
            : url.UserInfo.Length > 0 ? "it has credentials in it"
            : from is { Scheme: "https" } && url.Scheme == "http" ? "it leads from https to http"
            : !hosts.Allow(url.IdnHost, url.Port, url.IsDefaultPort) ? $"'{url.IdnHost}:{url.Port}' is not among the hosts that may be asked"
            : null;
        return fault is null ? url! : throw new FetchException(
            PictureFault.UrlRefused, from is null ? $"The URL is not fetched: {fault}." : $"A redirect is not followed: {fault}.");
    }

    /// <summary>Resolves once, looks at all addresses, connects to one of them.</summary>
    async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await network.Resolve(host, cancellation);
        }
        catch (SocketException)
        {
            throw Failed($"There is no host '{host}'.");
        }

        if (addresses.Select(AddressRules.FaultOf).FirstOrDefault(fault => fault is not null) is { } kind)
            throw new FetchException(PictureFault.UrlRefused, $"'{host}' has an address that is not public ({kind}).");
        foreach (var address in addresses)
        {
            try
            {
                return await network.Connect(address, port, cancellation);
            }
            catch (SocketException)
            {
                // The next of its addresses may answer.
            }
        }

        throw Failed($"'{host}' does not answer.");
    }

    FetchException TooLarge() => new(PictureFault.TooLarge, $"The picture has more than {maxBytes} bytes.");

    static FetchException Failed(string message) => new(PictureFault.FetchFailed, message);
}
