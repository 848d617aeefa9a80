using FaasPS.Host;

namespace FaasPS.Cmdlets.Tests.Host;

internal static class Sessions
{
    /// <summary>A session that knows the probe cmdlets of this assembly.</summary>
    public static HostSession New(string? location = null)
    {
        var session = new HostSession(location);
        session.AddModule(typeof(Sessions).Assembly);
        return session;
    }

    /// <summary>The one object that <paramref name="text"/> writes; any error fails the test.</summary>
    public static object? One(string text)
    {
        HostResult result = New().Invoke(text);
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        return Assert.Single(result.OutputAs<object?>());
    }

    /// <summary>The id, without the command's type, of the one error that <paramref name="text"/> writes.</summary>
    public static string ErrorId(string text) => Assert.Single(New().Invoke(text).Errors).FullyQualifiedErrorId.Split(',')[0];
}
