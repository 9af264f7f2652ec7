namespace MplugCluster.Cluster.Tests.Infra;

public sealed class ComposeTests
{
    static readonly string[] Programs = ["gateway", "silo-a", "silo-b"];

    readonly Yaml compose = Yaml.Read("compose.yaml").Single();

    [Fact]
    public void Services_All_HealthyRestartedAndOnTheInnerNetwork()
    {
        Assert.Equal(["azurite", "gateway", "redis", "silo-a", "silo-b"], compose["services"].Keys.Order(StringComparer.Ordinal));
        foreach (var name in compose["services"].Keys)
        {
            var service = compose["services"][name];
            Assert.True(service["healthcheck"]["test"].Exists, name);
            Assert.Equal("unless-stopped", service["restart"].Text);
            Assert.StartsWith("10.77.0.", service["networks"]["cluster"]["ipv4_address"].Text, StringComparison.Ordinal);
            Assert.All(service["volumes"].Items, volume => Assert.True(
                volume.Text[0] is '$' or '.' || compose["volumes"].Keys.Contains(volume.Text.Split(':')[0]), volume.Text));
            Assert.All(service["depends_on"].Keys, other => Assert.Equal("service_healthy", service["depends_on"][other]["condition"].Text));
        }
    }

    [Fact]
    public void Ports_OnlyTheGatewaysAndOnlyOnThisMachine()
    {
        var published = compose["services"].Keys.SelectMany(name => compose["services"][name]["ports"].Items.Select(port => $"{name} {port.Text}"));

        Assert.Equal(["gateway 127.0.0.1:8080:8080"], published);
    }

    [Fact]
    public void Redis_KeepsWhatItHolds()
    {
        Assert.Contains("--appendonly yes", compose["services"]["redis"]["command"].Text, StringComparison.Ordinal);
        Assert.Equal("redis:/data", compose["services"]["redis"]["volumes"].Items.Single().Text);
    }

    [Fact]
    public void Programs_TheirSettings_AreTakenAndTellThemApart()
    {
        foreach (var name in Programs)
            Assert.Empty(Settings.Faults(Environment(name)));
        foreach (var own in (string[])["Mplug__Cluster__SiloName", "Mplug__Cluster__Address", "Mplug__Cluster__Host"])
            Assert.Equal(3, Programs.Select(name => Environment(name)[own]).Distinct().Count());
        Assert.All(Programs, name => Assert.Equal(compose["services"][name]["networks"]["cluster"]["ipv4_address"].Text, Environment(name)["Mplug__Cluster__Address"]));
        Assert.All(Programs[1..], name => Assert.Contains(
            $":{Environment(name)["Mplug__Cluster__AdminPort"]}/readyz", compose["services"][name]["healthcheck"]["test"].Items.Last().Text, StringComparison.Ordinal));
    }

    /// <summary>With a variable that must be given replaced.</summary>
    Dictionary<string, string> Environment(string service)
    {
        var environment = compose["services"][service]["environment"];
        return environment.Keys.ToDictionary(
            key => key, key => environment[key].Text is var text && text.StartsWith("${", StringComparison.Ordinal) ? "0123456789abcdef" : text, StringComparer.Ordinal);
    }
}
