namespace FaasPS.Cmdlets.Tests;

/// <summary>A test that needs Chromium; visibly skipped where there is none.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Browser.Executable is null) Skip = "Neither chromium nor google-chrome is in PATH.";
    }
}
