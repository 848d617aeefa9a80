using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaasPS.Cmdlets.Tests;

/// <summary>A headless Chromium, spoken to by its DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly DirectoryInfo profile = Directory.CreateTempSubdirectory("faasps-browser-");
    private readonly ClientWebSocket socket = new();
    private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
    private readonly Process process;
    private int messages;

    private Browser()
    {
        var start = new ProcessStartInfo(Executable!)
        {
            UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true,
        };
        foreach (var argument in new[]
        {
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0",
            "--window-size=1200,900", $"--user-data-dir={profile.FullName}", "about:blank",
        })
            start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
    }

    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>What the page wrote to the console or failed with, and what its policy refused.</summary>
    public List<string> Complaints { get; } = [];

    public static async Task<Browser> Open(string file)
    {
        var browser = new Browser();
        await browser.Connect();
        await browser.Send("Runtime.enable");
        await browser.Send("Log.enable");
        await browser.Send("Page.enable");
        await browser.Send("Page.navigate", new() { ["url"] = new Uri(file).AbsoluteUri });
        while (await browser.Evaluate("document.readyState + location.protocol") != "completefile:")
            await Task.Delay(50, browser.patience.Token);
        return browser;
    }

    /// <summary>An expression's value, as text.</summary>
    public async Task<string> Evaluate(string expression)
    {
        var answer = await Send("Runtime.evaluate", new() { ["expression"] = $"String({expression})" });
        return answer["result"]!["value"]?.GetValue<string>() ?? throw new InvalidOperationException(answer.ToJsonString());
    }

    public async Task<JsonNode> Send(string method, JsonObject? parameters = null)
    {
        var id = ++messages;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        await socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, patience.Token);
        while (true)
        {
            var answer = await Receive();
            if (answer["id"]?.GetValue<int>() == id)
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]?.ToJsonString()}");
            if (answer["method"]?.GetValue<string>() is "Runtime.exceptionThrown" or "Runtime.consoleAPICalled" or "Log.entryAdded")
                Complaints.Add(answer.ToJsonString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(patience.Token);
        process.Dispose();
        for (var tries = 0; profile.Exists && tries < 20; tries++, profile.Refresh())
        {
            try
            {
                profile.Delete(recursive: true);
            }
            catch (IOException)
            {
                await Task.Delay(100, patience.Token); // the last of its processes still writes
            }
        }
        patience.Dispose();
    }

    private async Task Connect()
    {
        var portFile = Path.Combine(profile.FullName, "DevToolsActivePort");
        string[] lines;
        while ((lines = File.Exists(portFile) ? await File.ReadAllLinesAsync(portFile, patience.Token) : []).Length < 2)
            await Task.Delay(50, patience.Token);
        using var http = new HttpClient();
        while (true)
        {
            var pages = JsonNode.Parse(
                await http.GetStringAsync(new Uri($"http://127.0.0.1:{lines[0]}/json/list"), patience.Token))!.AsArray();
            if (pages.FirstOrDefault(page => page!["type"]!.GetValue<string>() == "page") is { } page)
            {
                await socket.ConnectAsync(new Uri(page["webSocketDebuggerUrl"]!.GetValue<string>()), patience.Token);
                return;
            }
            await Task.Delay(50, patience.Token);
        }
    }

    private async Task<JsonNode> Receive()
    {
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, patience.Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray()) ?? throw new JsonException("The browser sent nothing.");
    }
}
