using System.Globalization;
using System.Net;
using System.Text;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Explain;

/// <summary>An explanation as a page: the picture once for each word, with its heat map over it. Everything is in the file.</summary>
static class HeatMapPage
{
    const string Style = """
        body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color-scheme: light dark; background: Canvas; color: CanvasText; }
        h1 { font-size: 1.3rem; font-weight: 600; margin-bottom: .2rem; }
        p { font-variant-numeric: tabular-nums; margin-top: 0; opacity: .75; }
        ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 1.2rem; padding: 0; list-style: none; }
        figure { margin: 0; }
        .map { aspect-ratio: var(--ratio, 1); background: var(--picture) 0 0 / 100% 100%; image-orientation: var(--orientation); border-radius: 6px; overflow: hidden; }
        .map img { display: block; width: 100%; height: 100%; }
        figcaption { margin-top: .4rem; font-weight: 600; overflow-wrap: anywhere; }
        figcaption small { font-weight: 400; opacity: .75; font-variant-numeric: tabular-nums; margin-left: .4rem; }
        """;

    /// <summary>Gives the maps the picture's proportions; without it they are square, as the model sees the picture.</summary>
    const string Script = """
        const picture = new Image();
        picture.onload = () => document.documentElement.style.setProperty('--ratio', picture.naturalWidth / picture.naturalHeight);
        picture.src = getComputedStyle(document.documentElement).getPropertyValue('--picture').trim().slice(5, -2);
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="page">Where.</param>
    /// <param name="picture">The picture's file.</param>
    /// <param name="text">The text.</param>
    /// <param name="convention">How the picture was prepared: am30 ignores its orientation, and so must the browser.</param>
    /// <param name="found">The explanation.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task Write(
        string page, string picture, string text, string? convention, ExplanationResponse found, CancellationToken cancellation)
    {
        var content = await File.ReadAllBytesAsync(picture, cancellation);
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $$"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{Text(text)}}</title>
            <style>
            :root { --picture: url("data:{{MediaType(content)}};base64,{{Convert.ToBase64String(content)}}"); --orientation: {{(convention == "am30" ? "none" : "from-image")}}; }
            {{Style}}
            </style>
            </head>
            <body>
            <h1>{{Text(text)}}</h1>
            <p>{{Text(Path.GetFileName(picture))}} &middot; ITM probability {{found.ItmProbability:0.0000}} &middot; what each word looks at in fusion layer {{found.Layer}} of 0 to {{found.Layers - 1}}</p>
            <ol>

            """);
        foreach (var token in found.Tokens)
            html.Append(Figure(token, found.Grid));
        html.Append($"</ol>\n<script>\n{Script}\n</script>\n</body>\n</html>\n");
        await File.WriteAllTextAsync(page, html.ToString(), cancellation);
    }

    static string Figure(ExplainedToken token, IReadOnlyList<int> grid)
    {
        var heat = Convert.ToBase64String(HeatPng.Write(token.Attention, grid[0], grid[1]));
        var most = token.Attention.Max();
        return string.Create(CultureInfo.InvariantCulture, $"""
            <li><figure><div class="map"><img src="data:image/png;base64,{heat}" alt="What '{Text(token.Token)}' looks at"></div>
            <figcaption>{Text(token.Token)}<small>most {most * 100:0.0} %</small></figcaption></figure></li>

            """);
    }

    static string MediaType(ReadOnlySpan<byte> content) =>
        content.Length > 1 && content[1..].StartsWith("PNG"u8) ? "image/png"
        : content.StartsWith("GIF8"u8) ? "image/gif"
        : content.StartsWith("BM"u8) ? "image/bmp"
        : content.StartsWith("RIFF"u8) ? "image/webp"
        : "image/jpeg";

    static string Text(string text) => WebUtility.HtmlEncode(text);
}
