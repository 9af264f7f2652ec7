using System.Text.Json;
using MplugCluster.Gateway.Api;
using Spectre.Console;

namespace MplugCluster.Cli.Terminal;

/// <summary>What a verb writes to: results to stdout, for people or as one JSON document; progress and remarks to stderr.</summary>
sealed class CommandTerminal
{
    /// <summary>Wide enough that a table in a file or a pipe is never wrapped.</summary>
    const int PipeWidth = 1000;

    static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    readonly TextWriter output;

    public CommandTerminal(TextWriter output, TextWriter error, bool json)
    {
        (this.output, Json) = (output, json);
        Out = ConsoleOf(output);
        Error = ConsoleOf(error);
    }

    /// <summary>Whether results are wanted as JSON.</summary>
    public bool Json { get; }

    /// <summary>Results for people.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Progress and remarks.</summary>
    public IAnsiConsole Error { get; }

    /// <summary>The result, as JSON.</summary>
    public void WriteJson<T>(T result) => output.WriteLine(JsonSerializer.Serialize(result, Indented));

    /// <summary>A line of the result, for people.</summary>
    public void Line(string text) => output.WriteLine(text);

    /// <summary>A remark on one line.</summary>
    public void Note(string text) => Error.Profile.Out.Writer.WriteLine(text); // not wrapped: what it names is there to be copied

    /// <summary>A line that something is wrong, though the run goes on.</summary>
    public void Warn(string text) => Error.MarkupLineInterpolated($"[yellow]{text}[/]");

    /// <summary>Shows a bar while work runs, where somebody watches.</summary>
    /// <param name="what">What is being done.</param>
    /// <param name="total">Its size.</param>
    /// <param name="work">Reports how much is done.</param>
    public async Task Progress(string what, long total, Func<Action<long>, Task> work)
    {
        if (!Error.Profile.Capabilities.Interactive || total == 0)
        {
            await work(static _ => { });
            return;
        }

        await Error.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(what), maxValue: total);
                await work(done => bar.Value = done);
            });
    }

    /// <summary>Shows a bar with a text that changes while something is waited for, where somebody watches.</summary>
    /// <param name="what">What is waited for.</param>
    /// <param name="work">Reports the share that is done, 0 to 1, and what is to be said of it.</param>
    public async Task Watch(string what, Func<Action<double, string>, Task> work)
    {
        if (!Error.Profile.Capabilities.Interactive)
        {
            await work(static (_, _) => { });
            return;
        }

        await Error.Progress().AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(what), maxValue: 1);
                await work((fraction, text) => (bar.Value, bar.Description) = (fraction, Markup.Escape(text)));
            });
    }

    /// <summary>Shows that something of unknown length is under way, where somebody watches.</summary>
    /// <param name="what">What is being done.</param>
    /// <param name="work">Does it.</param>
    public async Task<T> Wait<T>(string what, Func<Task<T>> work) => Error.Profile.Capabilities.Interactive
        ? await Error.Status().StartAsync(Markup.Escape(what), _ => work())
        : await work();

    static IAnsiConsole ConsoleOf(TextWriter writer)
    {
        var target = new AnsiConsoleOutput(writer);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = target,
            Ansi = target.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = target.IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!target.IsTerminal)
            console.Profile.Width = PipeWidth;
        return console;
    }
}
