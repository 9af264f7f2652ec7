using Azure;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Storage;

public sealed class AzureFailuresTests
{
    [Fact]
    public void Tell_ArchivedBlob_IsThatBlobsAndSaysWhatToDo()
    {
        var told = Tell(409, "BlobArchived");

        Assert.True(told.IsOfObject);
        Assert.Equal(
            "Azure container 'pictures' at https://a.example, blob 'p/a.png': the blob is in the archive tier (BlobArchived). "
            + "Move it to the hot, cool or cold tier, and wait until Azure has done so.",
            told.Message);
    }

    [Theory]
    [InlineData(404, "ContainerNotFound")]
    [InlineData(403, "AuthorizationFailure")]
    [InlineData(503, "ServerBusy")]
    [InlineData(0, null)]
    public void Tell_WhatConcernsAllBlobs_IsNotTheBlobs(int status, string? code) => Assert.False(Tell(status, code).IsOfObject);

    static StoreException Tell(int status, string? code) => AzureFailures.Tell(
        new Uri("https://a.example/pictures"), "p/a.png", "Mplug:Azure:ServiceUrl", new RequestFailedException(status, "no", code, null));
}
