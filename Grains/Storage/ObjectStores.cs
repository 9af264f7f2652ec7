namespace MplugCluster.Grains.Storage;

/// <summary>Opens the cluster's store from its setting.</summary>
public static class ObjectStores
{
    /// <summary>Whether the store is a directory of this machine; else it is a container.</summary>
    public static bool IsDirectory(string store) => !ContainerAddress.IsMeant(store);

    /// <summary>Opens a store.</summary>
    /// <param name="store">A directory, or <c>azure:container/prefix</c>.</param>
    /// <param name="account">The account of a container.</param>
    /// <param name="createsContainer">Whether a missing container is made.</param>
    /// <exception cref="StoreException">The directory cannot be made or written, or the setting names no store.</exception>
    public static IObjectStore Open(string store, AzureAccount account, bool createsContainer)
    {
        if (IsDirectory(store))
            return new DirectoryObjectStore(store);
        if (!ContainerAddress.TryParse(store, out var address, out var fault))
            throw new StoreException(fault);
        return account.IsSet && account.Fault is null
            ? AzureObjectStore.OpenStore(account, address, createsContainer)
            : throw new StoreException($"'{store}' needs an account: set Mplug:Azure:ConnectionString or Mplug:Azure:ServiceUrl.");
    }
}
