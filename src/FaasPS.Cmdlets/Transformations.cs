using System.Globalization;
using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Models;

namespace FaasPS.Cmdlets;

/// <summary>Lets -Model take a name where it wants a model.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ModelTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is not string name) return value;
        if (ModelCatalog.TryFind(name, out var model)) return model;
        var missing = ErrorRecords.ModelMissing(name, ModelCatalog.All.Select(m => m.Name)).Exception;
        throw new ArgumentTransformationMetadataException(missing.Message, missing);
    }
}

/// <summary>Lets -Router take a file's path where it wants a router.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RouterTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is FileInfo file) value = file.FullName;
        if (value is not string path) return value;
        try
        {
            return FaasRouter.At(engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path));
        }
        catch (Exception exception) when (ErrorRecords.From(exception, path) is not null)
        {
            throw new ArgumentTransformationMetadataException(exception.Message, exception);
        }
    }
}

/// <summary>Lets a translation or a file stand for its picture's path.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PictureTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            FaasTranslation translation => translation.OutputPath,
            FileInfo file => file.FullName,
            var value => value,
        };
}

/// <summary>Lets -Band take high_pass, HighPass or high-pass, alone or in a list.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BandTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is object[] several) return Array.ConvertAll(several, one => Transform(engineIntrinsics, one));
        if (value is ControlBand band) return new FaasBand(band);
        if (value is not string text) return value;
        if (string.IsNullOrWhiteSpace(text)) return null!; // an empty cell of a table says nothing
        try
        {
            return new FaasBand(ControlBands.Parse(text));
        }
        catch (FormatException exception)
        {
            throw new ArgumentTransformationMetadataException(exception.Message, exception);
        }
    }
}

/// <summary>Lets -Seed take an empty cell of a table as no seed, and checks its range, which ValidateRange cannot do for none.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SeedTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null || (value is string text && string.IsNullOrWhiteSpace(text))) return null!;
        return LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out long seed) && seed >= 0
            ? seed
            : throw new ArgumentTransformationMetadataException($"'{value}' is not a seed: a whole number from 0 to {long.MaxValue}.");
    }
}

/// <summary>Lets -DType take fp32, bf16, fp16 and PyTorch's names as well.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ComputeTypeTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return (value as string)?.ToLowerInvariant() switch
        {
            "fp32" or "float" => ComputeType.Float32,
            "bf16" => ComputeType.BFloat16,
            "fp16" or "half" => ComputeType.Float16,
            _ => value,
        };
    }
}
