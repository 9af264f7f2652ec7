namespace MplugCluster.Cli.CommandLine;

/// <summary>How the command ends.</summary>
static class ExitCodes
{
    /// <summary>Done; some items may have failed, and were reported.</summary>
    public const int Ok = 0;

    /// <summary>Something went wrong at work; with <c>--strict</c> also with an item.</summary>
    public const int Failed = 1;

    /// <summary>
    /// The command line or a setting is wrong: its words, or a file or folder that it names and that is not there, cannot be read or written, is empty
    /// or, being a list, of no known form. It is said before anything is started.
    /// </summary>
    public const int Usage = 2;

    /// <summary>Ctrl+C, as shells count it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Code of a run over many items (rules: 0 if any succeeded, 1 with <c>--strict</c> if any failed).</summary>
    public static int OfItems(int succeeded, int failed, bool strict) => failed == 0 || (succeeded > 0 && !strict) ? Ok : Failed;
}
