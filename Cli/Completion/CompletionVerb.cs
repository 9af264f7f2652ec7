using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Terminal;

namespace MplugCluster.Cli.Completion;

/// <summary><c>mplug completion</c>: a script by which a shell completes verbs and flags. It asks mplug itself, so it never grows old.</summary>
static class CompletionVerb
{
    const string Bash = """
        # mplug completion bash >> ~/.bashrc
        _mplug() {
            local IFS=$'\n'
            COMPREPLY=( $(compgen -W "$(mplug "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -o bashdefault -o default -F _mplug mplug
        """;

    const string Zsh = """
        # mplug completion zsh >> ~/.zshrc   (after compinit)
        _mplug() {
            local line="${(j: :)words[1,CURRENT-1]} ${PREFIX}"
            local -a found
            found=("${(@f)$(mplug "[suggest:${#line}]" "${line}" 2>/dev/null)}")
            compadd -- $found
            _files
        }
        compdef _mplug mplug
        """;

    const string Fish = """
        # mplug completion fish > ~/.config/fish/completions/mplug.fish
        function __mplug_suggest
            set -l line (commandline -cp | string trim -l)
            mplug "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c mplug -a '(__mplug_suggest)'
        """;

    static readonly Argument<string> Shell = Shells();

    public static Command Create() => new Command("completion", "Print a script that lets a shell complete verbs and flags") { Shell }
        .Example("mplug completion bash >> ~/.bashrc", "mplug completion zsh >> ~/.zshrc", "mplug completion fish > ~/.config/fish/completions/mplug.fish")
        .Does(Run);

    static Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var shell = parsed.GetRequiredValue(Shell);
        var script = shell switch { "bash" => Bash, "zsh" => Zsh, _ => Fish };
        if (terminal.Json)
            terminal.WriteJson(new { shell, script });
        else
            terminal.Line(script);
        return Task.FromResult(ExitCodes.Ok);
    }

    static Argument<string> Shells()
    {
        var argument = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        argument.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return argument;
    }
}
