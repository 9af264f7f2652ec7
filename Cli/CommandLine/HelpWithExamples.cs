using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace MplugCluster.Cli.CommandLine;

/// <summary>The library's help, with examples of the verb below it.</summary>
sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    static readonly ConditionalWeakTable<Command, string[]> Examples = [];

    /// <summary>Says what a verb's examples are.</summary>
    public static void Add(Command command, string[] examples) => Examples.Add(command, examples);

    /// <summary>The examples of a verb; none for one that has none.</summary>
    public static IReadOnlyList<string> Of(Command command) => Examples.TryGetValue(command, out var examples) ? examples : [];

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        var (output, examples) = (parseResult.InvocationConfiguration.Output, Of(parseResult.CommandResult.Command));
        if (examples.Count == 0)
            return code;
        output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}
