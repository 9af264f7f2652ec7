using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Terminal;
using MplugCluster.Training.Scenes;

namespace MplugCluster.Cli.Scenes;

/// <summary><c>mplug scenes</c>: makes pictures of coloured shapes with true captions.</summary>
static class ScenesVerb
{
    static readonly Option<int> Count = new("--count") { Description = "Pictures.", HelpName = "n", Required = true };
    static readonly Option<int> Captions = new("--captions") { Description = "Captions of each picture.", HelpName = "n", DefaultValueFactory = _ => 5 };
    static readonly Option<int> Alike = new("--alike")
    {
        Description = "Pictures of a group that differ in one thing each, which every caption tells. Training keeps them in one batch: it learns most from what is hard to tell apart.",
        HelpName = "n",
        DefaultValueFactory = _ => 1,
    };

    static readonly Option<int> Seed = new("--seed") { Description = "Same seed, same scenes.", HelpName = "n", DefaultValueFactory = _ => 1 };
    static readonly Option<string> Out = new("--out") { Description = "A new directory for pictures/, train.json and test.json.", HelpName = "dir", Required = true };

    public static Command Create() => new Command("scenes", "Draw coloured shapes with true captions: a data set to train and try with")
    {
        Count, Captions, Alike, Seed, Out,
    }.Example("mplug scenes --count 2000 --seed 1 --out scenes").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (count, each, alike, target) = (parsed.GetValue(Count), parsed.GetValue(Captions), parsed.GetValue(Alike), parsed.GetRequiredValue(Out));
        if (count is < 1 or > 1_000_000)
            throw new UsageException($"--count is {count}; it must be from 1 to 1000000.");
        if (each is < 1 or > 10)
            throw new UsageException($"--captions is {each}; it must be from 1 to 10.");
        if (alike is < 1 or > 8)
            throw new UsageException($"--alike is {alike}; it must be from 1 to 8.");
        OutputPath.Folder(target, "scenes are written");
        var captions = 0;
        await terminal.Progress("Drawing", count, report => Task.Run(
            () => captions = SceneSet.Write(target, count, each, alike, parsed.GetValue(Seed), report, cancellation), cancellation));
        if (terminal.Json)
            terminal.WriteJson(new { directory = target, pictures = count, captions, train = SceneSet.TrainingFile, test = SceneSet.EvaluationFile });
        else
            terminal.Line($"{target}: {Counted.Of(count, "picture")}, {Counted.Of(captions, "caption")} ({SceneSet.TrainingFile} for train, {SceneSet.EvaluationFile} for eval)");
        return ExitCodes.Ok;
    }
}
