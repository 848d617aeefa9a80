using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FaasPS.Cmdlets.Tests;

/// <summary>The report as a browser sees it.</summary>
[Collection("The process's models")]
public sealed class ReportInBrowserTests : IDisposable
{
    private readonly ModuleSession module = new();

    public ReportInBrowserTests()
    {
        module.Session.AddCommand(typeof(GetGivenCommand));
        ReportSample.Write(module, "report.html");
    }

    public void Dispose() => module.Dispose();

    [BrowserFact]
    public async Task ItRendersWithoutAComplaintAndItsPartsMove()
    {
        await using var browser = await Browser.Open(module.PathOf("report.html"));
        Assert.Equal("Report", await browser.Evaluate("document.title"));
        Assert.Equal("true", await browser.Evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)"));
        Assert.Equal("true", await browser.Evaluate("document.documentElement.scrollWidth <= innerWidth"));

        await Slide(browser);
        await ReadACell(browser);
        Assert.Empty(browser.Complaints);
    }

    [BrowserFact]
    public async Task ItsColoursFollowTheReader()
    {
        await using var browser = await Browser.Open(module.PathOf("report.html"));
        const string Background = "getComputedStyle(document.body).backgroundColor";
        foreach (var (scheme, color) in new[] { ("dark", "rgb(16, 20, 26)"), ("light", "rgb(243, 245, 248)") })
        {
            var feature = new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme };
            await browser.Send("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(feature) });
            Assert.Equal(color, await browser.Evaluate(Background));
        }
        await browser.Send("Emulation.setEmulatedMedia", new() { ["media"] = "print" });
        Assert.Equal("rgb(255, 255, 255)", await browser.Evaluate(Background));
        Assert.Equal("none", await browser.Evaluate("getComputedStyle(document.querySelector('.compare input')).display"));
    }

    [BrowserFact]
    public async Task ItMayNotReachTheNetwork()
    {
        await using var browser = await Browser.Open(module.PathOf("report.html"));
        await browser.Evaluate("(document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:9/x.png' })), 1)");
        await browser.Evaluate("(fetch('http://127.0.0.1:9/').catch(() => {}), 1)");
        await Task.Delay(200);
        await browser.Evaluate("1");
        foreach (var directive in new[] { "img-src data:", "default-src 'none'" })
            Assert.Contains(browser.Complaints, line => line.Contains("violates", StringComparison.Ordinal)
                && line.Replace("\\u0027", "'", StringComparison.Ordinal).Contains(directive, StringComparison.Ordinal));
    }

    /// <summary>By the keyboard and by the mouse.</summary>
    private static async Task Slide(Browser browser)
    {
        const string Shown = "getComputedStyle(document.querySelector('.compare .source')).clipPath.match(/[-\\d.]+%/)[0]";
        await browser.Evaluate("document.querySelector('.compare input').focus()");
        Assert.Equal("50%", await browser.Evaluate(Shown));
        foreach (var type in new[] { "keyDown", "keyUp" })
            await browser.Send("Input.dispatchKeyEvent", new() { ["type"] = type, ["key"] = "ArrowLeft", ["windowsVirtualKeyCode"] = 37 });
        Assert.Equal("51%", await browser.Evaluate(Shown));
        await Mouse(browser, ".compare input", 0.9, 0.5, "mousePressed", "mouseReleased");
        Assert.InRange(double.Parse((await browser.Evaluate(Shown)).TrimEnd('%'), CultureInfo.InvariantCulture), 8, 12);
    }

    private static async Task ReadACell(Browser browser)
    {
        await browser.Evaluate("document.querySelector('.area').scrollIntoView({ block: 'center' })");
        await Mouse(browser, ".area", 0.02, 0.01, "mouseMoved");
        var tip = await browser.Evaluate("document.getElementById('tip').innerText");
        Assert.StartsWith("input_blocks.1.0, step 0 (timestep ", tip, StringComparison.Ordinal);
        Assert.Matches(new Regex(@"\n(computed|skipped|reused) \(\w+\)", RegexOptions.None, TimeSpan.FromSeconds(1)), tip);
    }

    private static async Task Mouse(Browser browser, string selector, double across, double down, params string[] events)
    {
        var box = (await browser.Evaluate(
                $"(b => [b.x, b.y, b.width, b.height])(document.querySelector('{selector}').getBoundingClientRect())"))
            .Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        foreach (var type in events)
        {
            await browser.Send("Input.dispatchMouseEvent", new()
            {
                ["type"] = type, ["x"] = box[0] + (across * box[2]), ["y"] = box[1] + (down * box[3]), ["button"] = "left",
                ["clickCount"] = 1,
            });
        }
    }
}
