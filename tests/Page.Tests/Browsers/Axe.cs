using Microsoft.Playwright;

namespace MplugCluster.Page.Tests.Browsers;

/// <summary>Deque's axe, which knows the rules of accessibility; <c>npm ci</c> in this project's folder fetches it.</summary>
static class Axe
{
    static readonly string Script = Repository.Path("tests", "Page.Tests", "node_modules", "axe-core", "axe.min.js");

    /// <summary>What it finds wrong with the page as it is now: rule, and where.</summary>
    public static async Task<string[]> Look(IPage page)
    {
        if (!File.Exists(Script))
        {
            const string reason = "axe-core is not there (npm ci in tests/Page.Tests).";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") != "true", reason);
            Assert.Fail(reason);
        }

        await page.EvaluateAsync(await File.ReadAllTextAsync(Script));
        return await page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
              .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')} ${node.failureSummary}`))
            """);
    }
}
