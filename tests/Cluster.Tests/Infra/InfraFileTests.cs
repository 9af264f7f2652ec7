using System.Diagnostics;
using System.Text.RegularExpressions;
using MplugCluster.Cluster.Tests.Servers;

namespace MplugCluster.Cluster.Tests.Infra;

/// <summary>What can be known of scripts and images without running them.</summary>
public sealed partial class InfraFileTests
{
    static readonly string[] Scripts = [Repository.Path("infra", "local-cluster"), Repository.Path(".ci", "run")];

    [Fact]
    public void EnvironmentNames_InAllFiles_AreOptions()
    {
        var used = Directory.GetFiles(Repository.Path("infra"), "*", SearchOption.AllDirectories)
            .SelectMany(path => SettingName().Matches(File.ReadAllText(path)).Select(match => match.Value))
            .Distinct().ToArray();

        Assert.InRange(used.Length, 10, 100);
        Assert.Equal([], used.Where(name => !Settings.Exists(name)));
        Assert.False(Settings.Exists("Mplug__Cluster__Address2"));
        Assert.False(Settings.Exists("Mplug__Cluster"));
    }

    [Fact]
    public void Scripts_All_AreRunnableStrictAndWithoutSyntaxErrors()
    {
        foreach (var script in Scripts)
        {
            var lines = File.ReadAllLines(script);
            Assert.Equal("#!/usr/bin/env bash", lines[0]);
            Assert.Contains(lines, line => line.StartsWith("set -", StringComparison.Ordinal) && line.EndsWith("uo pipefail", StringComparison.Ordinal));
            if (!OperatingSystem.IsWindows())
                Assert.True(File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute), script);
            using var check = Process.Start(new ProcessStartInfo(InstalledTool.Path("bash"), ["-n", script]))!;
            check.WaitForExit();
            Assert.Equal(0, check.ExitCode);
        }
    }

    [Theory]
    [InlineData("Dockerfile", "MplugCluster.Gateway.dll")]
    [InlineData("Dockerfile.cuda", "MplugCluster.Silo.dll")]
    public void Images_AreBuiltByThisSdkAndStartAProgram(string file, string program)
    {
        var lines = File.ReadAllLines(Repository.Path("infra", "docker", file));
        var text = string.Join('\n', lines);

        Assert.Contains("FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build", lines);
        Assert.Contains($"CMD [\"{program}\"]", lines);
        Assert.Matches("(?m)^USER (\\$APP_UID|1654)$", text);
        if (file.EndsWith(".cuda", StringComparison.Ordinal))
        {
            Assert.Contains("ARG OnnxRuntime=Gpu", lines);
            Assert.Matches("(?m)^FROM nvidia/cuda:13\\.\\d+\\.\\d+-cudnn-runtime-", text);
        }
    }

    [GeneratedRegex("Mplug__[A-Za-z_]+")]
    private static partial Regex SettingName();
}
