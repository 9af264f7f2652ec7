using Microsoft.Playwright;

namespace MplugCluster.Page.Tests.Browsers;

/// <summary>The system's Chromium; without one the tests are skipped, in CI they fail.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>Longest wait for anything, in milliseconds: for a machine whose cores have other work.</summary>
    const float PatienceMs = 45_000;

    static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    IPlaywright? playwright;
    IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        var program = Names.SelectMany(name => Folders().Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (program is null)
            return;
        playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Timeout = PatienceMs });
    }

    /// <summary>A window of its own, with nothing remembered.</summary>
    public async Task<IBrowserContext> Open(BrowserNewContextOptions options)
    {
        if (browser is null)
        {
            const string reason = "There is no Chromium on this machine (apt-get install chromium).";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") != "true", reason);
            Assert.Fail(reason);
        }

        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(PatienceMs);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    static string[] Folders() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
}
