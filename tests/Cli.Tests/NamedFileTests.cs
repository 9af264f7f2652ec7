namespace MplugCluster.Cli.Tests;

/// <summary>
/// Files and folders that a command line names: what cannot be used of them is exit code 2 in every verb, said before anything is started. Nothing here
/// gets as far as a cluster, a model or a checkpoint. In the lines NONE is not there, FILE holds something, EMPTY nothing, FOLDER is empty, PICTURES a
/// folder with a picture, PICTURE it.
/// </summary>
public sealed class NamedFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public NamedFileTests()
    {
        File.WriteAllText(folder.File("file.txt"), "some text");
        File.WriteAllText(folder.File("empty.txt"), "");
        Directory.CreateDirectory(folder.File("folder"));
        Directory.CreateDirectory(folder.File("pictures"));
        File.Copy(Directory.GetFiles(Repository.Pictures)[0], folder.File("pictures/a.png"));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("score --image NONE --text x", "There is no picture 'NONE'.")]
    [InlineData("score --image FOLDER --text x", "'FOLDER' is a folder, not a picture.")]
    [InlineData("score --image EMPTY --text x", "'EMPTY' is empty.")]
    [InlineData("score --pairs NONE", "There is no file 'NONE'.")]
    [InlineData("score --pairs FOLDER", "'FOLDER' is a folder, not a file.")]
    [InlineData("score --pairs EMPTY", "'EMPTY' is empty.")]
    [InlineData("explain --image NONE --text x", "There is no picture 'NONE'.")]
    [InlineData("explain --image FOLDER --text x", "'FOLDER' is a folder, not a picture.")]
    [InlineData("explain --image EMPTY --text x", "'EMPTY' is empty.")]
    [InlineData("embed NONE", "There is no file or folder 'NONE'.")]
    [InlineData("embed FOLDER", "'FOLDER' holds no pictures (.jpg, .jpeg, .png, .webp, .gif, .bmp).")]
    [InlineData("embed EMPTY", "'EMPTY' is empty.")]
    [InlineData("eval NONE --images PICTURES", "There is no file 'NONE'.")]
    [InlineData("eval FOLDER --images PICTURES", "'FOLDER' is a folder, not a file.")]
    [InlineData("eval EMPTY --images PICTURES", "'EMPTY' is empty.")]
    [InlineData("eval FILE --images NONE", "There is no folder 'NONE'.")]
    [InlineData("eval FILE --images FILE", "'FILE' is a file, not a folder.")]
    [InlineData("eval FILE --images FOLDER", "'FOLDER' is empty.")]
    [InlineData("index NONE --corpus c", "There is no folder 'NONE'.")]
    [InlineData("rank NONE --text x", "There is no folder 'NONE'.")]
    [InlineData("rank FILE --text x", "'FILE' is a file, not a folder.")]
    [InlineData("rank FOLDER --text x", "'FOLDER' holds no pictures (.jpg, .jpeg, .png, .webp, .gif, .bmp).")]
    [InlineData("rank PICTURES --image NONE", "There is no picture 'NONE'.")]
    [InlineData("rank PICTURES --image EMPTY", "'EMPTY' is empty.")]
    [InlineData("rank PICTURES --queries NONE --out OUT.csv", "There is no file 'NONE'.")]
    [InlineData("rank PICTURES --queries FOLDER --out OUT.csv", "'FOLDER' is a folder, not a file.")]
    [InlineData("rank PICTURES --queries EMPTY --out OUT.csv", "'EMPTY' is empty.")]
    [InlineData("rank FOLDER --queries FILE --out OUT.csv", "'FOLDER' holds no pictures (.jpg, .jpeg, .png, .webp, .gif, .bmp).")]
    [InlineData("rank NONE --queries FILE --out OUT.csv", "There is no folder 'NONE'.")]
    [InlineData("rank FILE --queries FILE --out OUT.csv", "'FILE' is a file, not a folder.")]
    [InlineData("train --train NONE --work-dir OUT", "There is no file 'NONE'.")]
    [InlineData("train --train EMPTY --work-dir OUT", "'EMPTY' is empty.")]
    [InlineData("train --train FILE --val NONE --work-dir OUT", "There is no file 'NONE'.")]
    [InlineData("train --train FILE --images NONE --work-dir OUT", "There is no folder 'NONE'.")]
    [InlineData("train --train FILE --images FOLDER --work-dir OUT", "'FOLDER' is empty.")]
    [InlineData("train --train FILE --model FOLDER --work-dir OUT", "'FOLDER' is empty.")]
    [InlineData("verify NONE --golden PICTURES", "There is no model 'NONE'; --model takes a model package or a checkpoint directory.")]
    [InlineData("verify FOLDER --golden PICTURES", "'FOLDER' is empty.")]
    [InlineData("verify FILE --golden NONE", "There is no reference set 'NONE'.")]
    [InlineData("verify FILE --golden FILE", "'FILE' is a file, not a reference set.")]
    [InlineData("verify FILE --golden FOLDER", "'FOLDER' is empty.")]
    [InlineData("verify FILE --against FILE --annotations NONE --images PICTURES", "There is no file 'NONE'.")]
    [InlineData("verify FILE --against FILE --annotations EMPTY --images PICTURES", "'EMPTY' is empty.")]
    [InlineData("verify FILE --against FILE --annotations FILE --images NONE", "There is no folder 'NONE'.")]
    [InlineData("calibrate --model NONE", "There is no model 'NONE'; --model takes a model package or a checkpoint directory.")]
    [InlineData("calibrate --model FOLDER", "'FOLDER' is empty.")]
    [InlineData("preprocess NONE --out OUT", "There is no picture 'NONE'.")]
    [InlineData("preprocess PICTURE NONE --out OUT", "There is no picture 'NONE'.")]
    [InlineData("preprocess FOLDER --out OUT", "'FOLDER' is a folder, not a picture.")]
    [InlineData("preprocess EMPTY --out OUT", "'EMPTY' is empty.")]
    [InlineData("import NONE --out OUT", "There is no checkpoint 'NONE'.")]
    [InlineData("import FOLDER --out OUT", "'FOLDER' is empty.")]
    [InlineData("import EMPTY --out OUT", "'EMPTY' is empty.")]
    [InlineData("import --random NONE --out OUT", "There is no folder 'NONE'.")]
    [InlineData("serve --model NONE", "There is no model 'NONE'; --model takes a model package or a checkpoint directory.")]
    [InlineData("corpora --model NONE", "There is no model 'NONE'; --model takes a model package or a checkpoint directory.")]
    [InlineData("corpora --store FILE", "'FILE' is a file; a store is a folder or azure:container/prefix.")]
    [InlineData("cache --store FILE", "'FILE' is a file; a store is a folder or azure:container/prefix.")]
    [InlineData("serve --store FILE", "'FILE' is a file; a store is a folder or azure:container/prefix.")]
    public Task Input_CannotBeUsed_SaysWhy(string line, string message) => Refuses(line, message);

    [Theory]
    [InlineData("score --pairs FILE --out NONE/a.jsonl", "There is no folder 'NONE' for 'NONE/a.jsonl'.")]
    [InlineData("score --pairs FILE --out FOLDER", "'FOLDER' is a folder; a file is to be written.")]
    [InlineData("score --pairs FILE --out NONE/a.csv", "There is no folder 'NONE' for 'NONE/a.csv'.")]
    [InlineData("explain --image PICTURE --text x --html NONE/a.html", "There is no folder 'NONE' for 'NONE/a.html'.")]
    [InlineData("explain --image PICTURE --text x --out FOLDER", "'FOLDER' is a folder; a file is to be written.")]
    [InlineData("embed PICTURE --out NONE/a.npy", "There is no folder 'NONE' for 'NONE/a.npy'.")]
    [InlineData("rank PICTURES --text x --html FOLDER", "'FOLDER' is a folder; a file is to be written.")]
    [InlineData("rank PICTURES --text x --html NONE/a.html", "There is no folder 'NONE' for 'NONE/a.html'.")]
    [InlineData("rank PICTURES --queries FILE --out NONE/a.csv", "There is no folder 'NONE' for 'NONE/a.csv'.")]
    [InlineData("jobs results j --out NONE/a.csv", "There is no folder 'NONE' for 'NONE/a.csv'.")]
    [InlineData("train --train FILE --work-dir FILE", "'FILE' is a file; a folder is to be written.")]
    [InlineData("train --train FILE --work-dir FILE/w", "'FILE' is a file; a folder is needed for 'FILE/w'.")]
    [InlineData("preprocess PICTURE --out FILE", "'FILE' is a file; a folder is to be written.")]
    [InlineData("import PICTURES --out FILE", "'FILE' is a file; a folder is to be written.")]
    [InlineData("import PICTURES --out PICTURES", "'PICTURES' exists and is not empty; a package is written to a new directory.")]
    [InlineData("scenes --count 1 --out FILE/s", "'FILE' is a file; a folder is needed for 'FILE/s'.")]
    [InlineData("scenes --count 1 --out PICTURES", "'PICTURES' exists and is not empty; scenes are written to a new directory.")]
    [InlineData("corpora --store FILE/s", "'FILE' is a file; a folder is needed for 'FILE/s'.")]
    public Task Output_CannotBeWritten_SaysWhy(string line, string message) => Refuses(line, message);

    [Theory]
    [InlineData("score --pairs SECRET", "'SECRET' cannot be read: ")]
    [InlineData("explain --image SECRET --text x", "'SECRET' cannot be read: ")]
    [InlineData("embed SECRET", "'SECRET' cannot be read: ")]
    [InlineData("eval SECRET --images PICTURES", "'SECRET' cannot be read: ")]
    [InlineData("rank PICTURES --queries SECRET --out OUT.csv", "'SECRET' cannot be read: ")]
    [InlineData("train --train SECRET --work-dir OUT", "'SECRET' cannot be read: ")]
    [InlineData("preprocess SECRET --out OUT", "'SECRET' cannot be read: ")]
    [InlineData("score --pairs FILE --out LOCKED/a.jsonl", "'LOCKED/a.jsonl' cannot be written: ")]
    [InlineData("train --train FILE --work-dir LOCKED/w", "'LOCKED/w' cannot be written: ")]
    [InlineData("import PICTURES --out LOCKED/p", "'LOCKED/p' cannot be written: ")]
    [InlineData("corpora --store LOCKED", "'LOCKED' cannot be written: ")]
    public async Task Path_IsNotPermitted_SaysWhy(string line, string message)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        File.WriteAllText(folder.File("secret.txt"), "some text");
        Directory.CreateDirectory(folder.File("locked"));
#pragma warning disable CA1416 // not on Windows, see above
        File.SetUnixFileMode(folder.File("secret.txt"), UnixFileMode.None);
        File.SetUnixFileMode(folder.File("locked"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.SkipWhen(CanBeRead(folder.File("secret.txt")), "Whoever runs this test may do everything and is refused nothing.");

        await Refuses(line, message);

        File.SetUnixFileMode(folder.File("locked"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
    }

    static bool CanBeRead(string path)
    {
        try
        {
            File.OpenRead(path).Dispose();
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    [Fact]
    public async Task Output_IsTried_ThePlaceStaysAsItWas()
    {
        File.WriteAllText(folder.File("scores.jsonl"), "old");
        string[] before = [.. Directory.EnumerateFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Order()];

        await Refuses("score --pairs FILE --out OLD --server nowhere", "'nowhere' is no address; write --server http://host:port.");
        await Refuses("score --pairs FILE --out OUT.jsonl --server nowhere", "'nowhere' is no address; write --server http://host:port.");

        Assert.Equal(before, Directory.EnumerateFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Order());
        Assert.Equal("old", File.ReadAllText(folder.File("scores.jsonl")));
    }

    async Task Refuses(string line, string message)
    {
        var run = await CommandRun.Of([.. line.Split(' ').Select(Path)]);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith(Path(message), run.Error);
        Assert.Single(run.Error.Trim().Split('\n'));
        Assert.False(Directory.Exists(folder.File("out")));
    }

    string Path(string word) => new[]
        {
            ("PICTURES", "pictures"), ("PICTURE", "pictures/a.png"), ("FILE", "file.txt"), ("EMPTY", "empty.txt"), ("FOLDER", "folder"), ("NONE", "none"),
            ("OUT", "out"), ("OLD", "scores.jsonl"), ("SECRET", "secret.txt"), ("LOCKED", "locked"),
        }
        .Aggregate(word, (text, name) => text.Replace(name.Item1, folder.File(name.Item2), StringComparison.Ordinal));
}
