using Azure;
using Microsoft.Extensions.DependencyInjection;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;
using Orleans.Serialization;

namespace MplugCluster.Cluster.Tests.Storage;

/// <summary>Failures of stores and sources cross from silo to silo, whatever caused them.</summary>
public sealed class StoreExceptionTests
{
    static readonly Serializer Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    public static TheoryData<Exception> Causes =>
        [new IOException("full"), new RequestFailedException(403, "no", "AuthenticationFailed", new IOException("x")), new AggregateException("4 tries", new HttpRequestException("refused"))];

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Causes))]
    public void Message_OverTheWire_Stays(Exception cause)
    {
        Assert.Equal("the reason", Assert.IsType<StoreException>(Copy(new StoreException("the reason", cause))).Message);
        Assert.Equal("the reason", Assert.IsType<SourceException>(Copy(new SourceException("the reason", cause))).Message);
    }

    static Exception Copy(Exception failure) => Serializer.Deserialize<Exception>(Serializer.SerializeToArray(failure))!;
}
