using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Models;
using MplugCluster.Cli.Terminal;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Numpy;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Cli.Preprocess;

/// <summary><c>mplug preprocess</c>: what the image encoder gets of each picture, as NumPy files.</summary>
static class PreprocessVerb
{
    static readonly Argument<string[]> Pictures = new("pictures") { Description = "Picture files.", Arity = ArgumentArity.OneOrMore };

    static readonly Option<string> Out = new("--out")
    {
        Description = "Directory for one <file name>.npy per picture, float32 [3, R, R].",
        HelpName = "dir",
        Required = true,
    };

    public static Command Create() => new Command("preprocess", "Write the exact input of the image encoder, one .npy per picture")
    {
        Pictures, Out, CommonFlags.Model, CommonFlags.Convention, CommonFlags.Strict,
    }.Example("mplug preprocess a.jpg b.png --out pixels").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (files, target) = (parsed.GetRequiredValue(Pictures), parsed.GetRequiredValue(Out));
        if (files.GroupBy(Path.GetFileName).FirstOrDefault(group => group.Count() > 1) is { } same)
            throw new UsageException($"{same.Count()} pictures are named '{same.Key}'; their results would overwrite each other.");
        foreach (var file in files)
            InputPath.File(file, "picture");
        OutputPath.Folder(target);
        var package = ModelPackage.Open(await ModelLocator.Find(parsed.GetValue(CommonFlags.Model), terminal), checkContent: false);
        var convention = TextConventions.TryParse(parsed.GetValue(CommonFlags.Convention), out var named) ? named : package.Convention;
        Directory.CreateDirectory(target);
        var preprocessor = new PicturePreprocessor(package.Config.ImageResolution);
        var (written, errors) = (new List<object>(), new List<object>());
        await terminal.Progress("Preparing pictures", files.Length, async bar =>
        {
            foreach (var (number, file) in files.Index())
            {
                cancellation.ThrowIfCancellationRequested();
                var result = Path.Combine(target, Path.GetFileName(file) + ".npy");
                bar(number);
                if (await Preprocess(preprocessor, file, convention, result, cancellation) is not { } error)
                {
                    written.Add(new { picture = file, npy = result });
                    continue;
                }

                errors.Add(new { picture = file, error });
                terminal.Warn($"{file}: {error.Code.ToString().ToLowerInvariant()}: {error.Reason}");
            }
        });

        if (terminal.Json)
            terminal.WriteJson(new { written, errors });
        else
            terminal.Line($"{written.Count} of {Counted.Of(files.Length, "picture")} written to {target}");
        return ExitCodes.OfItems(written.Count, errors.Count, parsed.GetValue(CommonFlags.Strict));
    }

    static async Task<PictureError?> Preprocess(
        PicturePreprocessor preprocessor, string file, TextConvention convention, string result, CancellationToken cancellation)
    {
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(file, cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new PictureError(PictureErrorCode.Unreadable, "there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new PictureError(PictureErrorCode.Unreadable, e.Message);
        }

        if (!preprocessor.TryPreprocess(content, convention.AppliesOrientation(), out var pixels, out var error, cancellation))
            return error;
        var side = (int)Math.Sqrt(pixels.Length / 3);
        NpyFile.Write(result, [3, side, side], pixels);
        return null;
    }
}
