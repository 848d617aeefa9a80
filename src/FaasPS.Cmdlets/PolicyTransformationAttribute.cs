using System.Collections;
using System.Management.Automation;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>Lets a file, or its path, stand for the policy in it; in a list too.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PolicyTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            FileInfo file => Read(file.FullName),
            string path => Read(engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path)),
            IList list => list.Cast<object>().Select(item => Transform(engineIntrinsics, item)).ToArray(),
            _ => value,
        };
    }

    private static FaasPolicy Read(string path)
    {
        try
        {
            return new FaasPolicy(PolicyFile.Read(path));
        }
        catch (Exception exception) when (ErrorRecords.From(exception, path) is not null)
        {
            throw new ArgumentTransformationMetadataException(exception.Message, exception);
        }
    }
}
