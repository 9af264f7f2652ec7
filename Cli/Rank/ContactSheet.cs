using System.Globalization;
using System.Net;
using System.Text;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Rank;

/// <summary>Results as a page of pictures, in order. The page links to the pictures where they are; nothing is loaded from elsewhere.</summary>
static class ContactSheet
{
    const string Style = """
        body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color-scheme: light dark; background: Canvas; color: CanvasText; }
        h1 { font-size: 1.3rem; font-weight: 600; }
        ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 1.2rem; padding: 0; list-style: none; }
        img { width: 100%; aspect-ratio: 1; object-fit: contain; background: color-mix(in srgb, CanvasText 8%, Canvas); border-radius: 6px; }
        figure { margin: 0; }
        figcaption { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; margin-top: .4rem; }
        small { opacity: .75; display: block; }
        """;

    /// <summary>Writes the page.</summary>
    public static async Task Write(string page, string folder, string query, SearchResponse found, CancellationToken cancellation)
    {
        var home = Path.GetDirectoryName(Path.GetFullPath(page))!;
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
        foreach (var result in found.Results)
            html.Append(Figure(home, folder, result));
        html.Append("</ol>\n</body>\n</html>\n");
        await File.WriteAllTextAsync(page, html.ToString(), cancellation);
    }

    static string Figure(string home, string folder, SearchResult result)
    {
        var path = Path.GetRelativePath(home, Path.GetFullPath(Path.Combine(folder, result.Id)));
        var link = Path.IsPathRooted(path) ? new Uri(path).AbsoluteUri : string.Join('/', path.Split('/', '\\').Select(Uri.EscapeDataString));
        var itm = result.ItmProbability is { } probability ? string.Create(CultureInfo.InvariantCulture, $" &middot; ITM {probability:0.0000}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"""
            <li><figure><a href="{link}"><img src="{link}" alt="{Text(result.Id)}"></a>
            <figcaption>{result.Rank}. {Text(result.Id)}<small>ITC {result.ItcSimilarity:0.0000}{itm}</small></figcaption></figure></li>

            """);
    }

    static string Text(string text) => WebUtility.HtmlEncode(text);
}
