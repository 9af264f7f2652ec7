using Azure.Core;
using Azure.Core.Pipeline;

namespace MplugCluster.Grains.Storage;

/// <summary>Gives each request the time that its body needs, so that small ones need not wait as long as large ones may.</summary>
sealed class UploadTime(TimeSpan least) : HttpPipelineSynchronousPolicy
{
    /// <summary>What a slow way to the account still brings.</summary>
    const double BytesPerSecond = 1 << 20;

    public override void OnSendingRequest(HttpMessage message)
    {
        if (message.Request.Content?.TryComputeLength(out var bytes) == true)
            message.NetworkTimeout = least + TimeSpan.FromSeconds(bytes / BytesPerSecond);
    }
}
