using MplugCluster.Grains.Storage;

namespace MplugCluster.Silo.Options;

/// <summary>The Azure Storage account of the store (<c>Mplug:Store=azure:...</c>) and of sources: section <c>Mplug:Azure</c>.</summary>
public sealed record AzureOptions
{
    /// <summary>The account's connection string, with a key or a shared access signature. Default: empty. A secret: best set as <c>Mplug__Azure__ConnectionString</c>.</summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>
    /// <c>https://account.blob.core.windows.net</c>, instead of a connection string: the process comes as its own identity (managed identity,
    /// environment, Azure CLI). Default: empty.
    /// </summary>
    public string ServiceUrl { get; init; } = "";

    /// <summary>Whether the store's container is made when it is missing; containers of sources never are. Default: true.</summary>
    public bool CreateContainer { get; init; } = true;

    /// <summary>As the store wants it.</summary>
    internal AzureAccount Account => new(ConnectionString, ServiceUrl);

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{nameof(AzureOptions)} {{ {Account}, {nameof(CreateContainer)} = {CreateContainer} }}";
}
