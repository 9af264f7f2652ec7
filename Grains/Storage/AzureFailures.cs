using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs.Models;

namespace MplugCluster.Grains.Storage;

/// <summary>What went wrong at Azure, in words that say what to do.</summary>
static class AzureFailures
{
    /// <summary>Refusals that are about one blob; the container's others may be read.</summary>
    static readonly string[] OfBlob =
    [
        BlobErrorCode.BlobArchived.ToString(), BlobErrorCode.BlobBeingRehydrated.ToString(), BlobErrorCode.InvalidResourceName.ToString(), "BlobUsesCustomerSpecifiedEncryption",
    ];

    /// <summary>Whether an exception is Azure's or the network's, rather than a fault of ours or the caller's wish to stop.</summary>
    public static bool IsFailure(Exception failure, CancellationToken cancellation) => failure switch
    {
        OperationCanceledException => !cancellation.IsCancellationRequested,
        AggregateException or RequestFailedException or AuthenticationFailedException or IOException or SocketException or HttpRequestException => true,
        _ => false,
    };

    /// <summary>The exception that tells it.</summary>
    /// <param name="container">The container.</param>
    /// <param name="path">The blob, or empty.</param>
    /// <param name="setting">The setting that names the account.</param>
    /// <param name="failure">What the library threw.</param>
    public static StoreException Tell(Uri container, string path, string setting, Exception failure)
    {
        var what = Uri.UnescapeDataString(container.AbsolutePath.Split('/')[^1]);
        var account = container.GetLeftPart(UriPartial.Authority);
        return new StoreException($"Azure container '{what}' at {account}{(path.Length > 0 ? $", blob '{path}'" : "")}: {Reason(failure, setting)}", failure)
        {
            IsOfObject = (failure as RequestFailedException)?.ErrorCode is { } code && OfBlob.Contains(code),
        };
    }

    static string Reason(Exception failure, string setting) => failure switch
    {
        RequestFailedException { Status: > 0 } answered => Reason(answered, setting),
        AuthenticationFailedException => $"no identity was found or accepted ({FirstLine(failure)}). Give this process a managed identity, or use Mplug:Azure:ConnectionString.",
        OperationCanceledException => $"no answer in time, after several tries. Check the network and {setting}.",
        AggregateException several when several.InnerExceptions.All(inner => inner is OperationCanceledException) => Reason(several.InnerExceptions[0], setting),
        _ => $"no connection, after several tries ({Innermost(failure)}). Check the network and {setting}.",
    };

    static string Reason(RequestFailedException failure, string setting)
    {
        if (failure.ErrorCode == BlobErrorCode.ContainerNotFound)
            return "there is no such container. Create it, or correct its name.";
        if (failure.ErrorCode == BlobErrorCode.ContainerBeingDeleted)
            return "the container is being deleted. Try again in a minute, or use another name.";
        if (string.IsNullOrEmpty(failure.ErrorCode))
            return $"what answered there (status {failure.Status}) is not Azure Blob Storage. Check {setting} and what proxies stand in between.";
        if (failure.ErrorCode == BlobErrorCode.BlobArchived || failure.ErrorCode == BlobErrorCode.BlobBeingRehydrated)
            return $"the blob is in the archive tier ({failure.ErrorCode}). Move it to the hot, cool or cold tier, and wait until Azure has done so.";
        return failure.Status switch
        {
            401 or 403 when failure.ErrorCode == BlobErrorCode.AuthenticationFailed =>
                $"access is refused (AuthenticationFailed): the key or signature is wrong. Check {setting}.",
            401 or 403 => $"access is refused ({failure.ErrorCode}): the key is wrong, or the identity or signature lacks the rights of"
                + $" 'Storage Blob Data Contributor' (a store) or 'Storage Blob Data Reader' (a source). Check {setting} and the account's network rules.",
            429 or 503 => $"the account is busy and refused several tries ({failure.ErrorCode}). Try again later, with less at once.",
            >= 500 => $"the account failed ({failure.Status} {failure.ErrorCode}), after several tries. Try again later.",
            _ => $"the account refused ({failure.Status} {failure.ErrorCode}): {FirstLine(failure)}",
        };
    }

    static string Innermost(Exception failure)
    {
        while ((failure as AggregateException)?.InnerExceptions[^1] is { } last)
            failure = last;
        while (failure.InnerException is { } inner)
            failure = inner;
        return FirstLine(failure);
    }

    static string FirstLine(Exception failure) => failure.Message.Split('\n', 2)[0].Trim().TrimEnd('.');
}
