using System.Diagnostics;

namespace MplugCluster.Cli.Tests;

/// <summary>The scripts in the shells they are for, which ask mplug itself.</summary>
public sealed class ShellCompletionTests : IDisposable
{
    /// <summary>For a machine whose cores have other work.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    readonly TemporaryFolder folder = new();

    /// <summary>Puts an <c>mplug</c> where the shells find it.</summary>
    public ShellCompletionTests()
    {
        Directory.CreateDirectory(folder.File("bin"));
        Write("bin/mplug", $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "mplug.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.File("bin/mplug"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("mplug expl", "explain")]
    [InlineData("mplug rank holidays --cand", "--candidates")]
    [InlineData("mplug jobs wa", "watch")]
    public async Task Fish_HalfAWord_TheRestOfIt(string line, string expected)
    {
        Write("mplug.fish", (await CommandRun.Of("completion", "fish")).Output);

        var found = await Run(Shell("fish"), "--no-config", "-c", $"source {folder.File("mplug.fish")}; complete -C '{line}'");

        Assert.Equal([expected], found.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Fish_PartOfALine_ThatPartAlone()
    {
        Write("mplug.fish", (await CommandRun.Of("completion", "fish")).Output);

        var found = await Run(Shell("fish"), "--no-config", "-c", $"source {folder.File("mplug.fish")}; complete -C 'echo one; mplug expl'");

        Assert.Equal(["explain"], found.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>
    /// In a zsh behind a terminal of its own, as a user has it: keys go in, Tab among them, and a last one writes what then stands on the line into a file.
    /// </summary>
    [Theory]
    [InlineData("mplug expl\t", "mplug explain ")]
    [InlineData("mplug rank holidays --cand\t", "mplug rank holidays --candidates ")]
    [InlineData("mplug jobs wa\t", "mplug jobs watch ")]
    [InlineData("mplug rank some\t", "mplug rank somewhere.txt ")]
    [InlineData("echo one; mplug expl\t", "echo one; mplug explain ")]
    public async Task Zsh_TabAfterHalfAWord_TheRestOfIt(string keys, string line)
    {
        Write("mplug.zsh", (await CommandRun.Of("completion", "zsh")).Output);
        Write("somewhere.txt", "");
        Write("inner.zsh", $$"""
            PS1='ready> '
            autoload -Uz compinit && compinit -D
            source {{folder.File("mplug.zsh")}}
            report() { print -rn -- "$BUFFER" > {{folder.File("line")}}; exit }
            zle -N report
            bindkey '^X' report
            print -- 'set ''up'
            """);
        Write("outer.zsh", $$"""
            zmodload zsh/zpty
            cd {{folder.Path}}
            zpty inner zsh -f -i
            zpty -w inner 'source {{folder.File("inner.zsh")}}'
            zpty -r inner said '*set up*ready> *'
            zpty -n -w inner $1$'\x18'
            while zpty -r inner said; do; done
            """);

        await Run(Shell("zsh"), "-f", folder.File("outer.zsh"), keys);

        Assert.Equal(line, await File.ReadAllTextAsync(folder.File("line")));
    }

    void Write(string name, string content) => File.WriteAllText(folder.File(name), content);

    /// <summary>Path of a shell. Where it is not installed the test is skipped, in CI it fails.</summary>
    static string Shell(string name)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        var reason = $"'{name}' is not installed on this machine (apt-get install {name}).";
        Assert.True(found is not null || Environment.GetEnvironmentVariable("CI") != "true", reason);
        Assert.SkipWhen(found is null, reason);
        return found;
    }

    async Task<string> Run(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["PATH"] = $"{folder.File("bin")}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["HOME"] = folder.Path;
        start.Environment["DOTNET_CLI_HOME"] = folder.Path;
        start.Environment["TERM"] = "dumb";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, await error);
            return await output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
