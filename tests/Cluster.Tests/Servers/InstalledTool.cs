namespace MplugCluster.Cluster.Tests.Servers;

/// <summary>A program that tests need and that a machine may lack.</summary>
static class InstalledTool
{
    /// <summary>Its path. Without it the test is skipped, in CI it fails.</summary>
    public static string Path(string name)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
            .Select(folder => System.IO.Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        if (found is not null)
            return found;
        var reason = $"'{name}' is not installed on this machine.";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(reason);
        Assert.Skip(reason);
        return "";
    }
}
