using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace MplugCluster.Cli.CommandLine;

/// <summary>What is said of a command line that cannot be understood: the word that is wrong, what was meant, and where the help is.</summary>
static class ParseFailure
{
    /// <summary>What is wrong; null if nothing is.</summary>
    public static string? Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.Action is not ParseErrorAction && parsed.Action != command.Action)
            return null; // help, the version, completion
        var word = parsed.UnmatchedTokens.FirstOrDefault();
        if (command.Subcommands.Count > 0 && word is not null && !word.StartsWith('-'))
            return $"There is no verb '{string.Join(' ', [.. Verbs(parsed), word])}'{Meant(word, command.Subcommands.Select(verb => verb.Name))} {Help(parsed)}";
        if (StrayFlag(parsed) is { } flag)
            return $"{Name(parsed)} has no flag '{flag}'{Meant(flag, Flags(parsed))} {Help(parsed)}";
        if (word is not null)
            return $"{Name(parsed)} does not take '{word}': it is a word too many. {Help(parsed)}";
        return parsed.Errors.Count == 0 ? null : string.Join(Environment.NewLine, [.. parsed.Errors.Select(error => error.Message), Help(parsed)]);
    }

    /// <summary>The first word that looks like a flag and is none. Where a verb takes files, the parser has it for one of them.</summary>
    static string? StrayFlag(ParseResult parsed)
    {
        var words = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value).ToHashSet(StringComparer.Ordinal);
        var taken = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value);
        return parsed.UnmatchedTokens.Concat(taken).FirstOrDefault(word => word.Length > 1 && word[0] == '-' && words.Contains(word));
    }

    static string Meant(string word, IEnumerable<string> words) => NearWord.Of(word.Split('=', ':')[0], words) is { } near ? $"; did you mean '{near}'?" : ".";

    static IEnumerable<string> Flags(ParseResult parsed) => Results(parsed)
        .SelectMany((result, up) => result.Command.Options.Where(option => up == 0 || option.Recursive))
        .SelectMany(option => option.Aliases.Prepend(option.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal)).Distinct();

    /// <summary>The verb and those above it, up to the root.</summary>
    static IEnumerable<CommandResult> Results(ParseResult parsed)
    {
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as CommandResult)
            yield return result;
    }

    static IEnumerable<string> Verbs(ParseResult parsed) =>
        Results(parsed).Where(result => result.Command is not RootCommand).Reverse().Select(result => result.Command.Name);

    static string Name(ParseResult parsed) => string.Join(' ', Verbs(parsed).Prepend("mplug"));

    static string Help(ParseResult parsed) =>
        $"'{Name(parsed)} --help' shows {(parsed.CommandResult.Command.Subcommands.Count > 0 ? "what there is" : "what it takes")}.";
}
