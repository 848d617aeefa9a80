namespace FaasPS.Engine.Skipping;

/// <summary>The names that policy files use for verdicts.</summary>
public static class Verdicts
{
    private static readonly string[] Names = ["ALWAYS_RUN", "ALWAYS_SKIP", "DYNAMIC_DECISION"];

    /// <summary>The names, for messages.</summary>
    public static string Valid { get; } = string.Join(", ", Names);

    /// <summary>The verdict's name, such as <c>ALWAYS_SKIP</c>.</summary>
    public static string Name(this Verdict verdict) => Names[(int)verdict];

    /// <summary>Reads a name as files spell it.</summary>
    public static bool TryParse(string text, out Verdict verdict)
    {
        var place = Array.IndexOf(Names, text);
        verdict = (Verdict)Math.Max(place, 0);
        return place >= 0;
    }
}
