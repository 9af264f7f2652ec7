using System.Diagnostics;

namespace MplugCluster.Cli.Tests;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("bash", "complete -o bashdefault -o default -F _mplug mplug")]
    [InlineData("zsh", "compdef _mplug mplug")]
    [InlineData("fish", "complete -c mplug")]
    public async Task Completion_Shell_ItsScript(string shell, string line)
    {
        var run = await CommandRun.Of("completion", shell);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains(line, run.Output);
        Assert.Contains("[suggest:", run.Output);
    }

    [Fact]
    public async Task Suggest_HalfAFlag_TheFlag()
    {
        var run = await CommandRun.Of("[suggest:15]", "mplug rank --ca");

        Assert.Equal((0, "--candidates"), (run.Code, run.Output.Trim()));
    }

    /// <summary>The script in a real bash, with a command of the test in mplug's place.</summary>
    [Fact]
    public async Task Completion_InBash_CompletesAVerb()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no /bin/bash here.");
        var script = (await CommandRun.Of("completion", "bash")).Output + """

            mplug() { [ "$1 $2" = "[suggest:9] mplug exp" ] && printf 'explain\nexport\n'; }
            COMP_POINT=9 COMP_LINE="mplug exp" COMP_WORDS=(mplug exp) COMP_CWORD=1
            _mplug
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        using var bash = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardOutput = true })!;

        var completed = await bash.StandardOutput.ReadToEndAsync();

        await bash.WaitForExitAsync();
        Assert.Equal(["explain", "export"], completed.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
