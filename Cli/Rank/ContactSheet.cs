using System.Globalization;
using System.Net;
using System.Text;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Rank;

/// <summary>Results as a page of pictures, in order. Nothing is loaded from elsewhere: pictures are files of this machine, or in the page itself.</summary>
static class ContactSheet
{
    const string Style = """
        body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color-scheme: light dark; background: Canvas; color: CanvasText; }
        h1 { font-size: 1.3rem; font-weight: 600; }
        ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 1.2rem; padding: 0; list-style: none; }
        img, .text { width: 100%; aspect-ratio: 1; object-fit: contain; background: color-mix(in srgb, CanvasText 8%, Canvas); border-radius: 6px; }
        .text { display: grid; place-items: center; padding: 1rem; box-sizing: border-box; margin: 0; text-align: center; overflow: hidden; }
        figure { margin: 0; }
        figcaption { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; margin-top: .4rem; }
        small { opacity: .75; display: block; }
        """;

    /// <summary>Results of a folder, whose pictures the page links to where they are.</summary>
    public static IReadOnlyList<SheetEntry> OfFolder(string page, string folder, IReadOnlyList<SearchResult> results)
    {
        var home = Path.GetDirectoryName(Path.GetFullPath(page))!;
        return [.. results.Select(result => (Result: result, Link: LinkTo(home, Path.GetFullPath(Path.Combine(folder, result.Id)))))
            .Select(found => new SheetEntry(found.Result, found.Link, found.Link))];
    }

    /// <summary>Writes the page.</summary>
    public static async Task Write(string page, string query, IEnumerable<SheetEntry> entries, CancellationToken cancellation)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Text(query)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <h1>{Text(query)}</h1>
            <ol>

            """);
        foreach (var entry in entries)
            html.Append(Figure(entry));
        html.Append("</ol>\n</body>\n</html>\n");
        await File.WriteAllTextAsync(page, html.ToString(), cancellation);
    }

    static string LinkTo(string home, string picture)
    {
        var path = Path.GetRelativePath(home, picture);
        return Path.IsPathRooted(path) ? new Uri(path).AbsoluteUri : string.Join('/', path.Split('/', '\\').Select(Uri.EscapeDataString));
    }

    static string Figure(SheetEntry entry)
    {
        var result = entry.Result;
        var shown = entry.Picture is { } picture
            ? $"""<img src="{picture}" alt="{Text(result.Id)}">"""
            : $"""<p class="text">{Text(result.Text ?? "The picture cannot be shown.")}</p>""";
        var linked = entry.Link is { } link ? $"""<a href="{link}">{shown}</a>""" : shown;
        var itm = result.ItmProbability is { } probability ? string.Create(CultureInfo.InvariantCulture, $" &middot; ITM {probability:0.0000}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"""
            <li><figure>{linked}
            <figcaption>{result.Rank}. {Text(result.Id)}<small>ITC {result.ItcSimilarity:0.0000}{itm}</small></figcaption></figure></li>

            """);
    }

    static string Text(string text) => WebUtility.HtmlEncode(text);
}
