using System.Globalization;
using System.Management.Automation;

namespace FaasPS.Host.Commands;

/// <summary>What Measure-Object found for one property; what was not asked for is empty.</summary>
public sealed class MeasureInfo
{
    public int Count { get; internal set; }

    public double? Average { get; internal set; }

    public double? Sum { get; internal set; }

    public object? Maximum { get; internal set; }

    public object? Minimum { get; internal set; }

    /// <summary>Of the sample: n - 1.</summary>
    public double? StandardDeviation { get; internal set; }

    public string? Property { get; internal set; }
}

[Cmdlet("Measure", "Object")]
[Alias("measure")]
[OutputType(typeof(MeasureInfo))]
public sealed class MeasureObjectCommand : PSCmdlet
{
    private readonly Dictionary<string, Statistics> measured = new(StringComparer.OrdinalIgnoreCase);
    private int count;
    private bool notNumeric;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string[]? Property { get; set; }

    [Parameter]
    public SwitchParameter Sum { get; set; }

    [Parameter]
    public SwitchParameter Average { get; set; }

    [Parameter]
    public SwitchParameter Maximum { get; set; }

    [Parameter]
    public SwitchParameter Minimum { get; set; }

    [Parameter]
    public SwitchParameter StandardDeviation { get; set; }

    [Parameter]
    public SwitchParameter AllStats { get; set; }

    private bool NeedsNumbers => Sum || Average || StandardDeviation || AllStats;

    private bool NeedsExtremes => Minimum || Maximum || AllStats;

    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        count++;
        if (Property is null)
        {
            Add("", InputObject);
            return;
        }

        foreach ((string name, object? value) in PropertySelection.Choose(InputObject, Property))
        {
            if (value is not null && InputObject.Properties[name] is not null)
                Add(name, value);
        }
    }

    protected override void EndProcessing()
    {
        if (Property is null && count == 0)
            measured[""] = new Statistics();
        foreach (string name in Property ?? [])
        {
            if (!WildcardPattern.ContainsWildcardCharacters(name) && !measured.ContainsKey(name))
            {
                WriteError(new ErrorRecord(
                    new PSInvalidOperationException($"The property \"{name}\" cannot be found in the input for any objects."),
                    "GenericMeasurePropertyNotFound",
                    ErrorCategory.InvalidArgument,
                    name));
            }
        }

        foreach ((string name, Statistics statistics) in measured)
            WriteObject(Report(name, statistics));
    }

    private void Add(string name, object value)
    {
        if (!measured.TryGetValue(name, out Statistics? statistics))
            measured[name] = statistics = new Statistics();
        statistics.Count++;
        if (NeedsNumbers)
        {
            if (!LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out double number))
            {
                WriteError(new ErrorRecord(
                    new PSInvalidOperationException($"Input object \"{value}\" is not numeric."),
                    "NonNumericInputObject",
                    ErrorCategory.InvalidType,
                    value));
                notNumeric = true;
                return;
            }

            statistics.Add(number);
        }

        if (NeedsExtremes)
            statistics.AddExtreme(value);
    }

    private MeasureInfo Report(string name, Statistics statistics)
    {
        // One value that is no number makes a sum or mean of the others misleading: there is none then.
        bool any = statistics.Count > 0 && !notNumeric;
        return new MeasureInfo
        {
            Count = statistics.Count,
            Property = name.Length == 0 ? null : name,
            Sum = (Sum || AllStats) && !notNumeric ? statistics.Sum : null,
            Average = (Average || AllStats) && any ? statistics.Sum / statistics.Count : null,
            Maximum = Maximum || AllStats ? statistics.Maximum : null,
            Minimum = Minimum || AllStats ? statistics.Minimum : null,
            StandardDeviation = (StandardDeviation || AllStats) && any ? statistics.StandardDeviation : null,
        };
    }

    private sealed class Statistics
    {
        private double mean;
        private double squares;
        private int numbers;

        public int Count { get; set; }

        public double Sum { get; private set; }

        public object? Maximum { get; private set; }

        public object? Minimum { get; private set; }

        public double StandardDeviation => numbers < 2 ? 0 : Math.Sqrt(squares / (numbers - 1));

        // Welford's update: stable where the mean is large beside the spread.
        public void Add(double number)
        {
            numbers++;
            Sum += number;
            double before = number - mean;
            mean += before / numbers;
            squares += before * (number - mean);
        }

        public void AddExtreme(object value)
        {
            object plain = value is PSObject wrapper ? wrapper.BaseObject : value;
            if (plain is IConvertible and not string
                && LanguagePrimitives.TryConvertTo(plain, CultureInfo.InvariantCulture, out double number)
                && plain is not Enum)
                plain = number;
            if (Maximum is null || LanguagePrimitives.Compare(plain, Maximum) > 0)
                Maximum = plain;
            if (Minimum is null || LanguagePrimitives.Compare(plain, Minimum) < 0)
                Minimum = plain;
        }
    }
}
