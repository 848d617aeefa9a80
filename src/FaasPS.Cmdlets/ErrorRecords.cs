using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Routing;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Text;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;

namespace FaasPS.Cmdlets;

/// <summary>Turns what went wrong into error records with stable ids and the user's own input as the target.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of an exception that a user can do something about; none for others: they are defects.</summary>
    public static ErrorRecord? From(Exception exception, object? target) => exception switch
    {
        NativeRuntimeConflictException => new(exception, "FaasNativeRuntimeConflict", ErrorCategory.ResourceBusy, target),
        NativeRuntimeException => new(exception, "FaasNativeRuntimeMissing", ErrorCategory.NotInstalled, target),
        ModelException => new(exception, "FaasModelInvalid", ErrorCategory.InvalidData, target),
        WeightsException => new(exception, "FaasWeightsInvalid", ErrorCategory.InvalidData, target),
        ConfigException => new(exception, "FaasConfigInvalid", ErrorCategory.InvalidData, target),
        TokenizerException => new(exception, "FaasTokenizerMissing", ErrorCategory.ObjectNotFound, target),
        FidelityException => new(exception, "FaasPictureIncomparable", ErrorCategory.InvalidArgument, target),
        RouterException => new(exception, "FaasRouterUnfit", ErrorCategory.InvalidArgument, target),
        RouterDataException => new(exception, "FaasRouterDataInvalid", ErrorCategory.InvalidData, target),
        PolicyException => new(exception, "FaasPolicyInvalid", ErrorCategory.InvalidData, target),
        ImageException => new(exception, "FaasImageInvalid", ErrorCategory.InvalidData, target),
        TrainingDataException => new(exception, "FaasTrainingDataInvalid", ErrorCategory.InvalidData, target),
        TrainingDivergedException => new(exception, "FaasTrainingDiverged", ErrorCategory.InvalidResult, target),
        FileNotFoundException or DirectoryNotFoundException => new(exception, "FaasFileMissing", ErrorCategory.ObjectNotFound, target),
        UnauthorizedAccessException => new(exception, "FaasFileDenied", ErrorCategory.PermissionDenied, target),
        IOException => new(exception, "FaasFileFailed", ErrorCategory.WriteError, target),
        ArgumentException => new(exception, "FaasOptionInvalid", ErrorCategory.InvalidArgument, target),
        _ => null,
    };

    public static ErrorRecord ModelMissing(string name, IEnumerable<string> known) => new(
        new ItemNotFoundException(known.Any()
            ? $"No model is named '{name}'. Imported: {string.Join(", ", known)}."
            : $"No model is named '{name}', and none is imported. Import one with Import-FaasModel."),
        "FaasModelMissing", ErrorCategory.ObjectNotFound, name);

    public static ErrorRecord DemoModelMissing(string folder) => new(
        new ItemNotFoundException(
            $"No model is imported, and the one that ships with the module is not at '{folder}'. Import one with Import-FaasModel -Path."),
        "FaasModelMissing", ErrorCategory.ObjectNotFound, folder);

    public static ErrorRecord LayerMissing(string name, FaasModel model) => new(
        new ItemNotFoundException($"'{model}' has no layer '{name}' that can be skipped. It has: {string.Join(", ", model.Layers)}."),
        "FaasLayerMissing", ErrorCategory.ObjectNotFound, name);

    public static ErrorRecord ScoreMissing() => new(
        new ItemNotFoundException(
            "There are no scores to analyse. Pipe them in: Get-Content prompts.txt | Measure-FaasPromptComplexity | Measure-FaasThreshold."),
        "FaasScoreMissing", ErrorCategory.ObjectNotFound, null);

    public static ErrorRecord DamageUnknown(FaasTranslation result) => new(
        new ItemNotFoundException(result.Fidelity is null
            ? $"'{result.OutputPath}' was not compared with its full run: make it by Invoke-FaasTranslate -Baseline, in a mode that skips."
            : $"'{result.OutputPath}' was computed in full, its prompt being complex: make it without -Router and -Threshold."),
        "FaasDamageUnknown", ErrorCategory.InvalidArgument, result);

    public static ErrorRecord ReportInputUnfit(object item) => new(
        new InvalidCastException(
            $"A report cannot show a {item.GetType().Name}. Pipe in what Invoke-FaasTranslate, Compare-FaasTranslation, Measure-FaasLayerScore, "
            + "Measure-FaasPromptComplexity and the policy cmdlets give."),
        "FaasReportInputUnfit", ErrorCategory.InvalidArgument, item);

    public static ErrorRecord PairMissing() => new(
        new ItemNotFoundException(
            "There is no picture with a prompt to measure on. Give -Path pictures that have their prompts in .txt files beside them."),
        "FaasPairMissing", ErrorCategory.ObjectNotFound, null);

    public static ErrorRecord PolicyExists(string path) => new(
        new IOException($"'{path}' exists. Leave out -NoClobber to overwrite it, or choose another -Path."),
        "FaasPolicyExists", ErrorCategory.ResourceExists, path);

    public static ErrorRecord PolicyFileTaken(string path, FaasPolicy policy) => new(
        new IOException($"'{path}' already holds another policy of this call. Give -Path a folder, and names that differ."),
        "FaasPolicyFileTaken", ErrorCategory.ResourceExists, policy);

    public static ErrorRecord PathIsDirectory(string path) => new(
        new IOException($"'{path}' is a folder. Name files in it, such as '{Path.Combine(path, "*.png")}'."),
        "FaasPathIsDirectory", ErrorCategory.InvalidType, path);

    public static ErrorRecord PathNotFileSystem(string path) => new(
        new IOException($"'{path}' is not in the file system."), "FaasPathNotFileSystem", ErrorCategory.InvalidArgument, path);

    public static ErrorRecord PromptMissing(string image, string promptFile) => new(
        new ItemNotFoundException($"'{image}' has no prompt: give -Prompt, or put one into '{promptFile}'."),
        "FaasPromptMissing", ErrorCategory.ObjectNotFound, image);

    public static ErrorRecord OutputUnwritable(string path, Exception exception) => new(
        new IOException($"'{path}' cannot be written: {exception.Message} Choose another -OutputDirectory.", exception),
        "FaasOutputUnwritable", ErrorCategory.WriteError, path);

    public static ErrorRecord ConversionMissing() => new(
        new InvalidOperationException("Say what to convert to: -ToSafetensors, -ToHalf, -ToControl, or several."),
        "FaasConversionMissing", ErrorCategory.InvalidArgument, null);

    public static ErrorRecord OutputExists(string path) => new(
        new IOException($"'{path}' exists. Leave out -NoClobber to overwrite it, or choose another -OutputPath."),
        "FaasOutputExists", ErrorCategory.ResourceExists, path);
}
