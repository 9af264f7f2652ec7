using System.Net;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Silo.Options;

/// <summary>Finds every fault of a silo's options at once.</summary>
public static class MplugOptionsValidator
{
    const long LeastGpuBytes = 256 << 20;

    /// <summary>Throws with all faults.</summary>
    /// <exception cref="MplugOptionsException">There is one or more.</exception>
    public static void ThrowIfWrong(MplugOptions options)
    {
        var faults = Validate(options).ToList();
        if (faults.Count > 0)
            throw new MplugOptionsException(faults);
    }

    /// <summary>All faults; none for good options.</summary>
    public static IEnumerable<OptionsFault> Validate(MplugOptions options) =>
    [
        .. Model(options.Model),
        .. Store(options),
        .. Sources(options),
        .. Devices(options.Device),
        .. AtLeast(0, options.Device.IntraOpThreads, "Device:IntraOpThreads"),
        .. AtLeast(0, options.Device.DecodeThreads, "Device:DecodeThreads"),
        .. AtLeast(1, options.Device.GpuImageBatch, "Device:GpuImageBatch"),
        .. Gpu(options.Device),
        .. AtLeast(1, options.Device.CanarySeconds, "Device:CanarySeconds"),
        .. AtLeast(0, options.Cache.MemoryBytes, "Cache:MemoryBytes"),
        .. AtLeast(0, options.Cache.StoreBytes, "Cache:StoreBytes"),
        .. AtLeast(1, options.Pictures.MaxBytes, "Pictures:MaxBytes"),
        .. AtLeast(1, options.Pictures.MaxPixels, "Pictures:MaxPixels"),
        .. AtLeast(1, options.Pictures.MaxScans, "Pictures:MaxScans"),
        .. AtLeast(1, options.Corpora.ItemsPerShard, "Corpora:ItemsPerShard"),
        .. AtLeast(1, options.Jobs.ScanSeconds, "Jobs:ScanSeconds"),
        .. AtLeast(0, options.Corpora.ScanThreads, "Corpora:ScanThreads"),
        .. AtLeast(0, options.Corpora.MemoryBytes, "Corpora:MemoryBytes"),
        .. AtLeast(0, options.Corpora.SegmentGraceSeconds, "Corpora:SegmentGraceSeconds"),
        .. Require(
            options.Corpora.Precision is "fp32" or "int8", "Corpora:Precision", $"'{options.Corpora.Precision}' is no precision; fp32 and int8 are."),
        .. Name(options.Cluster.Id, "Cluster:Id"),
        .. Name(options.Cluster.SiloName, "Cluster:SiloName"),
        .. Name(options.Cluster.Host, "Cluster:Host"),
        .. ClusterOptionsFaults.Of(options.Cluster).Select(fault => Fault($"Cluster:{fault.Key}", fault.Reason)),
    ];

    static IEnumerable<OptionsFault> Model(string model) => model.Length == 0
        ? [Fault("Model", "the directory of a model package is needed ('mplug import' writes one).")]
        : Require(ModelPackage.IsPackage(model), "Model", $"'{Path.GetFullPath(model)}' is not a model package: it has no package.json.");

    static IEnumerable<OptionsFault> Store(MplugOptions options)
    {
        if (options.Store.Length == 0)
            yield return Fault("Store", "a directory is needed, or azure:container.");
        else if (!ObjectStores.IsDirectory(options.Store) && !ContainerAddress.TryParse(options.Store, out _, out var fault))
            yield return Fault("Store", fault);
        if (!ObjectStores.IsDirectory(options.Store) && !options.Azure.Account.IsSet)
            yield return Fault("Store", $"'{options.Store}' needs an account: set Mplug:Azure:ConnectionString or Mplug:Azure:ServiceUrl.");
        if (options.Azure.Account.Fault is { } wrong)
            yield return new OptionsFault(options.Azure.Account.Setting, wrong);
    }

    static IEnumerable<OptionsFault> Sources(MplugOptions options)
    {
        var settings = options.Sources.Settings;
        foreach (var root in settings.Roots.Where(root => !Path.IsPathFullyQualified(root)))
            yield return Fault("Sources:Roots", $"'{root}' is not an absolute path.");
        foreach (var name in settings.Containers.Where(name => name != SourceSettings.AnyContainer))
        {
            if (!ContainerAddress.TryParse($"azure:{name}", out var address, out var fault))
                yield return Fault("Sources:Containers", fault);
            else if (address.Prefix.Length > 0)
                yield return Fault("Sources:Containers", $"'{name}' has a prefix; name the container alone, '{address.Container}'.");
        }

        if (settings.Containers.Count > 0 && !options.Azure.Account.IsSet)
            yield return Fault("Sources:Containers", "containers need an account: set Mplug:Azure:ConnectionString or Mplug:Azure:ServiceUrl.");
    }

    static IEnumerable<OptionsFault> Devices(DeviceOptions options)
    {
        if (options.Names.Length == 0 && options.Devices != "none")
            yield return Fault("Device:Devices", "names no device; write 'none' for a silo without one.");
        foreach (var repeated in options.Names.GroupBy(name => name).Where(group => group.Count() > 1))
            yield return Fault("Device:Devices", $"'{repeated.Key}' stands there {repeated.Count()} times.");
        foreach (var name in options.Names)
        {
            var fault = "";
            try
            {
                DeviceName.Parse(name);
            }
            catch (FormatException e)
            {
                fault = e.Message;
            }

            if (fault.Length > 0)
                yield return Fault("Device:Devices", fault);
        }
    }

    static IEnumerable<OptionsFault> Gpu(DeviceOptions options) =>
    [
        .. Require(
            options.GpuMemoryBytes is 0 or >= LeastGpuBytes,
            "Device:GpuMemoryBytes",
            $"{options.GpuMemoryBytes} is too small; it must be at least {LeastGpuBytes}, or 0 for no limit."),
        .. Require(
            options.GpuTokenBytes is >= -1 and <= uint.MaxValue && (options.GpuMemoryBytes <= 0 || options.GpuTokenBytes <= options.GpuMemoryBytes / 2),
            "Device:GpuTokenBytes",
            $"{options.GpuTokenBytes} is not possible; it must be 0 to {uint.MaxValue} and at most half of GpuMemoryBytes, which runs need as well, or -1 for a quarter of it."),
        .. Require(
            !options.GpuGraphs || options.Names.Count(name => name.StartsWith("cuda:", StringComparison.Ordinal)) <= 1,
            "Device:GpuGraphs",
            $"'{options.Devices}' has several GPUs, and while one records no other of the process may take memory; give each GPU a silo of its own."),
        .. Require(!options.GpuGraphs || options.GpuTokenBytes != 0, "Device:GpuGraphs", "replays read image tokens that stay on the GPU; GpuTokenBytes must not be 0."),
        .. Require(options.GpuArena is "exact" or "doubling", "Device:GpuArena", $"'{options.GpuArena}' is no way to grow; exact and doubling are."),
    ];

    static IEnumerable<OptionsFault> Name(string name, string key) => Require(
        name.Length is > 0 and <= 100 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'),
        key,
        $"'{name}' is not a name; 1 to 100 letters, digits, '-', '_' and '.' are.");

    static IEnumerable<OptionsFault> AtLeast(long least, long value, string key) =>
        Require(value >= least, key, $"{value} is too small; it must be at least {least}.");

    static IEnumerable<OptionsFault> Require(bool holds, string key, string reason) => holds ? [] : [Fault(key, reason)];

    static OptionsFault Fault(string key, string reason) => new($"{MplugOptions.Section}:{key}", reason);
}
