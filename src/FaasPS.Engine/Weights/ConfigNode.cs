using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using static FaasPS.Engine.Weights.WeightsException;
using static System.FormattableString;

namespace FaasPS.Engine.Weights;

/// <summary>A mapping in a YAML file that knows its path, so that every complaint can name it. YAML's null counts as absent.</summary>
internal sealed class ConfigNode
{
    public const long MaxLength = 256 << 10;

    /// <summary>YamlDotNet builds its nodes by recursion.</summary>
    private const int MaxDepth = 32;

    /// <summary>No size of a network comes near it, and products of two stay within 32 bits.</summary>
    private const int MaxSize = 32_768;

    private const int LongestList = 16;

    private readonly string name;
    private readonly string path;
    private readonly YamlMappingNode map;

    private ConfigNode(string name, string path, YamlMappingNode map)
    {
        this.name = name;
        this.path = path;
        this.map = map;
    }

    public static ConfigNode Parse(string yaml, string name)
    {
        if (yaml.Length > MaxLength)
            throw new ConfigException(Invariant($"'{name}' is longer than {MaxLength} characters: is it a model_config.yaml?"));
        try
        {
            CheckDepth(yaml, name);
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }]) return new ConfigNode(name, "", root);
        }
        catch (YamlException e)
        {
            throw new ConfigException(Invariant($"'{name}' is no valid YAML at line {e.Start.Line}: {e.Message}"), e);
        }
        throw new ConfigException($"'{name}' is no YAML mapping; a model configuration begins with 'model:'");
    }

    public ConfigNode Map(string key)
    {
        var value = Find(key) ?? throw Missing(key, "a mapping");
        return value is YamlMappingNode child ? new ConfigNode(name, PathOf(key), child) : throw Bad(key, "a mapping");
    }

    public ConfigNode? OptionalMap(string key) => Has(key) ? Map(key) : null;

    /// <summary>For this project's own sections, where an unknown key is a slip of the pen and not some other program's business.</summary>
    public void MustOnlyHave(params string[] valid)
    {
        foreach (var key in map.Children.Keys.Select(key => (key as YamlScalarNode)?.Value ?? ""))
            if (!valid.Contains(key, StringComparer.Ordinal))
                throw new ConfigException($"'{name}': {PathOf(key)} is unknown; {path} may have {string.Join(", ", valid)}.");
    }

    public bool Has(string key) => Find(key) is not null;

    public int Int(string key, int? otherwise = null, int max = MaxSize) =>
        OptionalInt(key, max) ?? otherwise ?? throw Missing(key, Range(max));

    public int? OptionalInt(string key, int max = MaxSize) =>
        Find(key) is not { } value ? null : Size(value, max) ?? throw Bad(key, Range(max));

    public int[] Ints(string key, int[]? otherwise = null)
    {
        if (Find(key) is not { } value) return otherwise ?? throw Missing(key, "a list of integers");
        if (value is not YamlSequenceNode { Children.Count: <= LongestList } list)
            throw Bad(key, Invariant($"a list of up to {LongestList} integers"));
        return [.. list.Select(item => Size(item, MaxSize) ?? throw Bad(key, $"a list, each item {Range(MaxSize)}"))];
    }

    /// <summary>One number for every level, or a list of one a level.</summary>
    public int[] IntPerLevel(string key, int levels)
    {
        var values = Find(key) is YamlSequenceNode ? Ints(key) : [.. Enumerable.Repeat(Int(key), levels)];
        if (values.Length != levels) throw Bad(key, Invariant($"an integer, or a list of {levels}, one a level of channel_mult"));
        return values;
    }

    /// <summary>A number from 0 to <paramref name="max"/>.</summary>
    public double Number(string key, double otherwise, double max) =>
        Number(key, number => number >= 0 && number <= max, Invariant($"a number from 0 to {max}")) ?? otherwise;

    /// <summary>A finite number above 0, at most <paramref name="max"/>.</summary>
    public double Positive(string key, double otherwise, double max = double.MaxValue) => OptionalPositive(key, max) ?? otherwise;

    public double? OptionalPositive(string key, double max = double.MaxValue) => Number(
        key, number => number > 0 && number <= max, max < double.MaxValue ? Invariant($"a number above 0, at most {max}") : "a number above 0");

    public bool Flag(string key, bool otherwise) => Find(key) is not { } value
        ? otherwise
        : Plain(value) switch { "true" or "True" => true, "false" or "False" => false, _ => throw Bad(key, "true or false") };

    public string? Choice(string key, string? otherwise, params string[] valid)
    {
        if (Find(key) is not { } value) return otherwise;
        var text = (value as YamlScalarNode)?.Value;
        return valid.Contains(text, StringComparer.Ordinal) ? text : throw Bad(key, $"one of {string.Join(", ", valid)}");
    }

    /// <summary>Settings that change the network into one that this engine does not have.</summary>
    public void MustBe(string key, params string[] valid)
    {
        if (Find(key) is { } value && !valid.Contains(Plain(value), StringComparer.OrdinalIgnoreCase))
            throw Bad(key, $"{string.Join(" or ", valid)}: nothing else is implemented");
    }

    /// <summary>ldm's way to say "not given".</summary>
    public bool IsMinusOne(string key) => Find(key) is { } value && string.Equals(Plain(value), "-1", StringComparison.Ordinal);

    public ConfigException Bad(string key, string valid) => new($"'{name}': {PathOf(key)} is {Shown(Find(key))}; it must be {valid}.");

    private double? Number(string key, Func<double, bool> holds, string valid)
    {
        if (Find(key) is not { } value) return null;
        var isNumber = double.TryParse(Plain(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        return isNumber && holds(number) ? number : throw Bad(key, valid);
    }

    private ConfigException Missing(string key, string valid) => new($"'{name}': {PathOf(key)} is missing; it must be {valid}.");

    private string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";

    private YamlNode? Find(string key)
    {
        map.Children.TryGetValue(new YamlScalarNode(key), out var value);
        return value is not null && Plain(value) is "null" or "Null" or "NULL" or "~" or "" ? null : value;
    }

    // A quoted "4" is text.
    private static string? Plain(YamlNode? value) =>
        value is YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any } scalar ? scalar.Value : null;

    private static int? Size(YamlNode value, int max) =>
        int.TryParse(Plain(value), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max
            ? number
            : null;

    private static string Range(int max) => Invariant($"an integer from 1 to {max}");

    private static string Shown(YamlNode? value) => value switch
    {
        YamlScalarNode scalar => Quote(scalar.Value ?? ""),
        YamlSequenceNode list => Quote(string.Join(", ", list.Take(LongestList).Select(item => (item as YamlScalarNode)?.Value ?? "..."))),
        null => "not given",
        _ => "a mapping",
    };

    private static void CheckDepth(string yaml, string name)
    {
        var parser = new Parser(new StringReader(yaml));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxDepth)
                throw new ConfigException(Invariant($"'{name}' is nested more than {MaxDepth} levels deep: it is no model configuration"));
        }
    }
}
