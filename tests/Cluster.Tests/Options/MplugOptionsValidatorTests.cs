using Microsoft.Extensions.Configuration;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Silo.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Options;

public sealed class MplugOptionsValidatorTests
{
    const string Account = "AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:1/a";

    static readonly MplugOptions Good = new() { Model = Repository.Scenes, Store = "store" };

    [Fact]
    public void Validate_Defaults_OnlyTheModelIsMissing()
    {
        Assert.Empty(MplugOptionsValidator.Validate(Good));
        Assert.Equal(
            ["Mplug:Model: the directory of a model package is needed ('mplug import' writes one)."],
            MplugOptionsValidator.Validate(new MplugOptions()).Select(fault => $"{fault}"));
    }

    [Fact]
    public void ThrowIfWrong_ManyFaults_AllAtOnceWithTheirKeys()
    {
        var options = new MplugOptions
        {
            Model = "/none",
            Store = "",
            Device = new DeviceOptions { Devices = "cpu,cpu,gpu", IntraOpThreads = -1, GpuMemoryBytes = 1000, GpuTokenBytes = 1000, GpuArena = "big", CanarySeconds = 0 },
            Cache = new CacheOptions { MemoryBytes = -5 },
            Corpora = new CorpusOptions { ItemsPerShard = 0, ScanThreads = -1, MemoryBytes = -1, SegmentGraceSeconds = -1, Precision = "fp16" },
            Cluster = new ClusterOptions { SiloName = "a/b", SiloPort = 70_000, Primary = "here" },
        };

        var failure = Assert.Throws<MplugOptionsException>(() => MplugOptionsValidator.ThrowIfWrong(options));

        Assert.Equal(
            """
            18 wrong settings:
              Mplug:Model: '/none' is not a model package: it has no package.json.
              Mplug:Store: a directory is needed, or azure:container.
              Mplug:Device:Devices: 'cpu' stands there 2 times.
              Mplug:Device:Devices: 'gpu' is not a device; devices are 'cpu' and 'cuda:0', 'cuda:1', ...
              Mplug:Device:IntraOpThreads: -1 is too small; it must be at least 0.
              Mplug:Device:GpuMemoryBytes: 1000 is too small; it must be at least 268435456, or 0 for no limit.
              Mplug:Device:GpuTokenBytes: 1000 is not possible; it must be 0 to 4294967295 and at most half of GpuMemoryBytes, which runs need as well, or -1 for a quarter of it.
              Mplug:Device:GpuArena: 'big' is no way to grow; exact and doubling are.
              Mplug:Device:CanarySeconds: 0 is too small; it must be at least 1.
              Mplug:Cache:MemoryBytes: -5 is too small; it must be at least 0.
              Mplug:Corpora:ItemsPerShard: 0 is too small; it must be at least 1.
              Mplug:Corpora:ScanThreads: -1 is too small; it must be at least 0.
              Mplug:Corpora:MemoryBytes: -1 is too small; it must be at least 0.
              Mplug:Corpora:SegmentGraceSeconds: -1 is too small; it must be at least 0.
              Mplug:Corpora:Precision: 'fp16' is no precision; fp32 and int8 are.
              Mplug:Cluster:SiloName: 'a/b' is not a name; 1 to 100 letters, digits, '-', '_' and '.' are.
              Mplug:Cluster:SiloPort: 70000 is no port; 0 to 65535 are.
              Mplug:Cluster:Primary: 'here' is no endpoint; write address:port, as in 127.0.0.1:11111.
            """,
            failure.Message);
    }

    [Theory]
    [InlineData("azure:pictures", "", "", "Mplug:Store: 'azure:pictures' needs an account: set Mplug:Azure:ConnectionString or Mplug:Azure:ServiceUrl.")]
    [InlineData("azure:", Account, "", "Mplug:Store: '' is not a container's name; 3 to 63 lower-case letters, digits and single hyphens are.")]
    [InlineData("azure:pictures//x", Account, "", "Mplug:Store: the prefix of 'azure:pictures//x' has a segment that is empty, '.' or '..'.")]
    [InlineData("azure:pictures/x", Account, "", null)]
    [InlineData("azure:pictures/x", "", "https://account.blob.core.windows.net", null)]
    [InlineData("store", Account, "https://account.blob.core.windows.net", "Mplug:Azure:ServiceUrl: both a connection string and a service URL are set; set one of them.")]
    [InlineData("store", "AccountKey=secret", "", "Mplug:Azure:ConnectionString: it is not a connection string; copy it from the account's page 'Access keys'.")]
    [InlineData(
        "store",
        "",
        "http://account",
        "Mplug:Azure:ServiceUrl: 'http://account' is not the address of an account; write https://<account>.blob.core.windows.net. Shared access signatures belong in the connection string.")]
    public void Validate_AzureStore_NeedsAnAccountAndAName(string store, string connection, string url, string? fault)
    {
        var options = Good with { Store = store, Azure = new AzureOptions { ConnectionString = connection, ServiceUrl = url } };

        Assert.Equal(fault is null ? [] : [fault], MplugOptionsValidator.Validate(options).Select(found => $"{found}"));
        Assert.DoesNotContain("secret", $"{options}");
    }

    [Fact]
    public void Validate_Sources_AllFaultsNamed()
    {
        var separator = Path.PathSeparator;
        var options = Good with { Sources = new SourceOptions { Roots = $"relative{separator}{Path.GetFullPath("/data")}", Containers = "Pictures, a/b, *, good-one" } };

        Assert.Equal(
            [
                "Mplug:Sources:Roots: 'relative' is not an absolute path.",
                "Mplug:Sources:Containers: 'Pictures' is not a container's name; 3 to 63 lower-case letters, digits and single hyphens are.",
                "Mplug:Sources:Containers: 'a' is not a container's name; 3 to 63 lower-case letters, digits and single hyphens are.",
                "Mplug:Sources:Containers: containers need an account: set Mplug:Azure:ConnectionString or Mplug:Azure:ServiceUrl.",
            ],
            MplugOptionsValidator.Validate(options).Select(found => $"{found}"));
    }

    [Theory]
    [InlineData("10.0.0.5:6379,password=x", "", "10.0.0.7", null)]
    [InlineData("", "10.0.0.5:11111", "::1", null)]
    [InlineData("redis:6379", "127.0.0.1:11111", "127.0.0.1", "Mplug:Cluster:Primary: the membership table is either in Redis or with a first silo; leave Primary or Redis empty.")]
    [InlineData("", "", "here", "Mplug:Cluster:Address: 'here' is no IP address; write one of this machine's, as in 10.0.0.5.")]
    [InlineData("", "", "0.0.0.0", "Mplug:Cluster:Address: '0.0.0.0' is every address; other silos need the one that they reach this machine at.")]
    [InlineData("password=x", "", "127.0.0.1", "Mplug:Cluster:Redis: the connection string names no server; write host:port, as in 10.0.0.5:6379.")]
    [InlineData("redis:6379,colour=red", "", "127.0.0.1", "Mplug:Cluster:Redis: the connection string is wrong: Keyword 'colour' is not supported")]
    public void Validate_WhereTheClusterIs_ContradictionsAreFaults(string redis, string primary, string address, string? fault)
    {
        var options = Good with { Cluster = new ClusterOptions { Redis = redis, Primary = primary, Address = address } };

        var faults = MplugOptionsValidator.Validate(options).Select(found => $"{found}").ToArray();

        if (fault is null)
            Assert.Empty(faults);
        else
            Assert.StartsWith(fault, Assert.Single(faults));
    }

    [Theory]
    [InlineData(-1, 0, true)]
    [InlineData(0, 0, true)]
    [InlineData(4294967295, 0, true)]
    [InlineData(4294967296, 0, false)]
    [InlineData(-2, 0, false)]
    [InlineData(200_000_000, 400_000_000, true)]
    [InlineData(200_000_001, 400_000_000, false)]
    public void Validate_GpuTokenBytes_WithinTheLimits(long tokens, long memory, bool isGood)
    {
        var device = new DeviceOptions { GpuTokenBytes = tokens, GpuMemoryBytes = memory };

        Assert.Equal(isGood ? [] : ["Mplug:Device:GpuTokenBytes"], MplugOptionsValidator.Validate(Good with { Device = device }).Select(fault => fault.Key));
        Assert.Equal(tokens, ServedModel.EngineOn("cuda:0", device).Cuda.TokenBytes);
    }

    [Theory]
    [InlineData("cuda:0", -1, null)]
    [InlineData("cpu", -1, null)]
    [InlineData("cpu,cuda:1", -1, null)]
    [InlineData("cuda:0", 0, "replays read image tokens that stay on the GPU; GpuTokenBytes must not be 0.")]
    [InlineData("cuda:0,cuda:1", -1, "'cuda:0,cuda:1' has several GPUs, and while one records no other of the process may take memory; give each GPU a silo of its own.")]
    public void Validate_GpuGraphs_OnlyWhereTheyCanBeRecorded(string devices, long tokens, string? fault)
    {
        var device = new DeviceOptions { Devices = devices, GpuTokenBytes = tokens, GpuGraphs = true };

        Assert.Equal(fault is null ? [] : [$"Mplug:Device:GpuGraphs: {fault}"], MplugOptionsValidator.Validate(Good with { Device = device }).Select(found => $"{found}"));
        Assert.True(ServedModel.EngineOn("cuda:0", device).Cuda.Graphs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EngineOn_MappedWeights_AsTheSiloSays(bool mapped) =>
        Assert.Equal(mapped, ServedModel.EngineOn("cpu", new DeviceOptions { MappedWeights = mapped }).MappedWeights);

    [Fact]
    public void Validate_PortsTwice_Named()
    {
        var options = Good with { Cluster = new ClusterOptions { SiloPort = 7000, ClientPort = 7001, AdminPort = 7000 } };

        Assert.Equal(
            "Mplug:Cluster:AdminPort: 7000 is the SiloPort too; each needs a port of its own.",
            Assert.Single(MplugOptionsValidator.Validate(options).Select(found => $"{found}")));
    }

    [Fact]
    public void Bind_FromKeys_EveryAreaIsReached()
    {
        var options = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Mplug:Model"] = "m",
            ["Mplug:Device:Devices"] = "cuda:0,cuda:1",
            ["Mplug:Cache:MemoryBytes"] = "5",
            ["Mplug:Pictures:MaxBytes"] = "6",
            ["Mplug:Corpora:ItemsPerShard"] = "7",
            ["Mplug:Cluster:SiloName"] = "s",
            ["Mplug:Azure:CreateContainer"] = "false",
            ["Mplug:Sources:Roots"] = "/r",
        }).Build().GetSection(MplugOptions.Section).Get<MplugOptions>()!;

        Assert.Equal(
            ("m", "cuda:0,cuda:1", 5L, 6, 7, "s"),
            (options.Model, options.Device.Devices, options.Cache.MemoryBytes, options.Pictures.MaxBytes, options.Corpora.ItemsPerShard, options.Cluster.SiloName));
        Assert.Equal((false, "/r"), (options.Azure.CreateContainer, options.Sources.Roots));
    }

    [Fact]
    public void Read_UnknownKeysAndWrongValues_AllNamed()
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Mplug:Modle"] = "m",
            ["Mplug:Cache:MemoryBytes"] = "5 GB",
            ["Mplug:Cache:DiskBytes"] = "5",
            ["Mplug:Device:IntraOpThreads"] = "99999999999",
            ["Mplug:Azure:CreateContainer"] = "perhaps",
            ["Mplug:Gateway:Url"] = "http://x",
        }).Build().GetSection(MplugOptions.Section);

        var failure = Assert.Throws<MplugOptionsException>(() => OptionsReader.Read<MplugOptions>(section, GatewayOptions.Section));

        Assert.Equal(
            [
                "Mplug:Azure:CreateContainer: 'perhaps' is not true or false.",
                "Mplug:Cache:DiskBytes: there is no such setting; Mplug:Cache has MemoryBytes, StoreBytes.",
                "Mplug:Cache:MemoryBytes: '5 GB' is not a whole number that fits.",
                "Mplug:Device:IntraOpThreads: '99999999999' is not a whole number that fits.",
                "Mplug:Modle: there is no such setting; Mplug has Azure, Cache, Cluster, Corpora, Device, Jobs, Model, Pictures, Sources, Store.",
            ],
            failure.Faults.Select(fault => $"{fault}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_GoodKeys_TheOptions()
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Mplug:model"] = "m",
            ["Mplug:Cache:MemoryBytes"] = "7",
        }).Build().GetSection(MplugOptions.Section);

        var options = OptionsReader.Read<MplugOptions>(section);

        Assert.Equal(("m", 7L), (options.Model, options.Cache.MemoryBytes));
        Assert.Equal(new MplugOptions(), OptionsReader.Read<MplugOptions>(section.GetSection("None")));
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", "", null)]
    [InlineData("http://localhost:80", "", null)]
    [InlineData("http://[::1]:80", "", null)]
    [InlineData("http://0.0.0.0:80", "", "Mplug:Gateway:Token: 'http://0.0.0.0:80' can be reached from other machines; a token of at least 16 characters is needed, or a key in Keys:Admin.")]
    [InlineData("http://0.0.0.0:80", "short", "Mplug:Gateway:Token: ")]
    [InlineData("http://0.0.0.0:80", "0123456789abcdef", null)]
    [InlineData("here", "", "Mplug:Gateway:Url: 'here' is no address; write http://address:port.")]
    public void GatewayValidate_Any_PublicAddressesNeedAToken(string url, string token, string? fault)
    {
        var faults = GatewayOptionsValidator.Validate(new GatewayOptions { Url = url, Token = token }).Select(found => $"{found}").ToArray();

        if (fault is null)
            Assert.Empty(faults);
        else
            Assert.StartsWith(fault, Assert.Single(faults));
    }
}
