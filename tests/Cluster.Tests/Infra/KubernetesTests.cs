namespace MplugCluster.Cluster.Tests.Infra;

public sealed class KubernetesTests
{
    static readonly string[] Workloads = ["gateway", "silo", "silo-cuda"];

    static readonly string[] Files = [.. Directory.GetFiles(Repository.Path("infra", "kubernetes"), "*.yaml").Select(path => Path.GetFileName(path)!)];

    readonly Yaml[] objects = [.. Files.Where(file => file != "kustomization.yaml").SelectMany(file => Yaml.Read("kubernetes", file))];

    [Fact]
    public void Files_All_AreObjectsThatTheKustomizationNames()
    {
        Assert.All(objects, item => Assert.True(item["apiVersion"].Exists && item["kind"].Exists && item["metadata"]["name"].Exists));
        Assert.Equal(objects.Length, objects.Select(item => (item["kind"].Text, item["metadata"]["name"].Text)).Distinct().Count());
        var kustomization = Yaml.Read("kubernetes", "kustomization.yaml").Single();
        Assert.Equal("mplug", kustomization["namespace"].Text);
        Assert.Equal(
            Files.Except(["kustomization.yaml", "silo-cuda.yaml"]).Order(StringComparer.Ordinal),
            kustomization["resources"].Items.Select(item => item.Text).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Workload_Settings_AreTakenAndThePodsOwn(string name)
    {
        var container = Container(name);

        Assert.Equal("metadata.name", Source("Mplug__Cluster__SiloName"));
        Assert.Equal("metadata.name", Source("Mplug__Cluster__Host"));
        Assert.Equal("status.podIP", Source("Mplug__Cluster__Address"));
        Assert.Empty(Settings.Faults(Environment(name)));

        string Source(string variable) =>
            container["env"].Items.Single(item => item["name"].Text == variable)["valueFrom"]["fieldRef"]["fieldPath"].Text;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Workload_PortsAndProbes_AreWhereTheProgramListens(string name)
    {
        var container = Container(name);
        var ports = container["ports"].Items.ToDictionary(port => port["name"].Text, port => port["containerPort"].Text, StringComparer.Ordinal);
        var environment = Environment(name);

        Assert.Equal(environment["Mplug__Cluster__SiloPort"], ports["silo"]);
        var web = name == "gateway" ? "http" : "admin";
        Assert.Equal(name == "gateway" ? new Uri(environment["Mplug__Gateway__Url"]).Port.ToString() : environment["Mplug__Cluster__AdminPort"], ports[web]);
        foreach (var (probe, path) in new[] { ("startupProbe", "/livez"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz") })
            Assert.Equal((path, web), (container[probe]["httpGet"]["path"].Text, container[probe]["httpGet"]["port"].Text));
        Assert.Equal(name == "gateway" ? "MplugCluster.Gateway.dll" : "MplugCluster.Silo.dll", container["args"].Items.Single().Text);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Workload_Disruption_OneAtATimeAndTimeToEnd(string name)
    {
        var selector = Find("PodDisruptionBudget", name)["spec"]["selector"]["matchLabels"];
        var workload = Workload(name);
        var labels = workload["spec"]["template"]["metadata"]["labels"];

        Assert.All(selector.Keys, key => Assert.Equal(labels[key].Text, selector[key].Text));
        Assert.All(workload["spec"]["selector"]["matchLabels"].Keys, key => Assert.True(labels[key].Exists));
        Assert.Equal("mplug", labels["app.kubernetes.io/part-of"].Text);
        Assert.True(int.Parse(workload["spec"]["template"]["spec"]["terminationGracePeriodSeconds"].Text) > 20);
    }

    [Fact]
    public void SiloWithGpu_GetsOneAndOnlyWhereThereIsOne()
    {
        var pod = Workload("silo-cuda")["spec"]["template"]["spec"];

        Assert.Equal("1", Container("silo-cuda")["resources"]["limits"]["nvidia.com/gpu"].Text);
        Assert.Equal("true", pod["nodeSelector"]["nvidia.com/gpu.present"].Text);
        Assert.Equal("nvidia.com/gpu", pod["tolerations"].Items.Single()["key"].Text);
        Assert.False(Container("silo")["resources"]["limits"]["nvidia.com/gpu"].Exists);
    }

    [Fact]
    public void Redis_KeepsWhatItHolds()
    {
        var redis = Find("StatefulSet", "redis")["spec"];

        Assert.Contains("--appendonly", redis["template"]["spec"]["containers"].Items.Single()["args"].Items.Select(item => item.Text));
        Assert.Equal("data", redis["volumeClaimTemplates"].Items.Single()["metadata"]["name"].Text);
    }

    public static TheoryData<string> Names => [.. Workloads];

    Yaml Workload(string name) => Find(name == "gateway" ? "Deployment" : "StatefulSet", name);

    Yaml Container(string name) => Workload(name)["spec"]["template"]["spec"]["containers"].Items.Single();

    Yaml Find(string kind, string name) => objects.Single(item => item["kind"].Text == kind && item["metadata"]["name"].Text == name);

    /// <summary>What a pod's program finds, with what only a cluster knows replaced.</summary>
    Dictionary<string, string> Environment(string name)
    {
        var container = Container(name);
        var environment = Find("ConfigMap", "mplug")["data"] is var shared ? shared.Keys.ToDictionary(key => key, key => shared[key].Text, StringComparer.Ordinal) : [];
        if (container["envFrom"].Items.Any(source => source["secretRef"].Exists))
        {
            foreach (var key in Find("Secret", "mplug")["stringData"].Keys)
                environment[key] = "UseDevelopmentStorage=true";
        }

        foreach (var item in container["env"].Items)
        {
            environment[item["name"].Text] = item["value"].Exists ? item["value"].Text
                : item["valueFrom"]["secretKeyRef"].Exists ? "UseDevelopmentStorage=true"
                : item["valueFrom"]["fieldRef"]["fieldPath"].Text == "status.podIP" ? "10.0.0.5"
                : "silo-0";
        }

        return environment;
    }
}
