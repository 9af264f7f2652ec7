using System.Collections.Concurrent;
using Microsoft.Playwright;
using MplugCluster.Page.Tests.Gateways;

namespace MplugCluster.Page.Tests.Browsers;

/// <summary>
/// One reader with the page open. What the browser complains of, violations of the content security policy among it, fails the test at the end.
/// </summary>
sealed class Visit : IAsyncDisposable
{
    /// <summary>The search view of the sample pictures; without a name the page takes the first corpus, which may be another test's.</summary>
    public const string Samples = $"#/search?corpus={PageGateway.Corpus}";

    static readonly string Screenshots = Repository.Path("artifacts", "screenshots");

    readonly IBrowserContext context;
    readonly ConcurrentQueue<string> complaints = new();
    readonly List<string> expected = [];

    Visit(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        page.Console += (_, message) => Complain(message.Type is "error" or "warning", $"{message.Text} ({message.Location})");
        page.PageError += (_, error) => Complain(true, error);
    }

    public IPage Page { get; }

    /// <summary>Opens a window; the page itself is opened by <see cref="Go"/>.</summary>
    /// <param name="chromium">The browser.</param>
    /// <param name="gateway">The server.</param>
    /// <param name="isDark">What the system prefers.</param>
    /// <param name="isPhone">Whether the window has a phone's width.</param>
    /// <param name="hasKey">Whether the key has been given before.</param>
    public static async Task<Visit> Begin(Chromium chromium, PageGateway gateway, bool isDark = false, bool isPhone = false, bool hasKey = true)
    {
        var context = await chromium.Open(new BrowserNewContextOptions
        {
            BaseURL = gateway.Address.ToString(),
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = isPhone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1280, Height = 860 },
            AcceptDownloads = true,
        });
        await context.AddInitScriptAsync("addEventListener('securitypolicyviolation', e => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`));");
        if (hasKey)
            await context.AddInitScriptAsync($"sessionStorage.setItem('mplug-key', '{PageGateway.Token}');");
        return new Visit(context, await context.NewPageAsync());
    }

    /// <summary>Opens a view by its hash.</summary>
    public Task Go(string hash) => Page.GotoAsync($"/{hash}");

    /// <summary>Searches the sample pictures and waits for all that is to be seen.</summary>
    public async Task Search(string text, string more = "")
    {
        await Go($"{Samples}&text={Uri.EscapeDataString(text)}{more}");
        await Assertions.Expect(Page.Locator(".card .rank").First).ToBeVisibleAsync();
    }

    /// <summary>A message that the browser writes because the test wants the failure.</summary>
    public void Expect(string complaint) => expected.Add(complaint);

    /// <summary>Keeps a picture of the view, once everything that is in sight has come.</summary>
    /// <param name="name">Of the file.</param>
    /// <param name="isLoading">Whether something that has not come belongs to the picture.</param>
    public async Task Screenshot(string name, bool isLoading = false)
    {
        if (!isLoading)
        {
            await Assertions.Expect(Page.Locator(".skeleton, dialog .waiting")).ToHaveCountAsync(0);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));

            // Not Playwright's own waiting, which evaluates in the page, where the content security policy forbids it.
            while (await Page.EvaluateAsync<bool>("[...document.querySelectorAll('.card .waiting')].some(frame => frame.getBoundingClientRect().top < innerHeight)"))
                await Task.Delay(50, limit.Token);
        }

        Directory.CreateDirectory(Screenshots);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Screenshots, $"{name}.png") });
    }

    /// <summary>Closes the window: what the page may still be loading can be deleted then without a complaint.</summary>
    public Task Leave() => Page.CloseAsync();

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        Assert.DoesNotContain(complaints, complaint => !expected.Any(known => complaint.Contains(known, StringComparison.Ordinal)));
    }

    void Complain(bool isComplaint, string text)
    {
        if (isComplaint)
            complaints.Enqueue(text);
    }
}
