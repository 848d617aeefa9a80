using FaasPS.Engine;

namespace FaasPS.Cmdlets;

/// <summary>A band as a parameter takes it. PowerShell asks no completer about an enum, and would offer HighPass for high_pass.</summary>
/// <param name="Value">The band.</param>
public readonly record struct FaasBand(ControlBand Value)
{
    /// <summary>The engine's band.</summary>
    public static implicit operator ControlBand(FaasBand band) => band.Value;

    /// <summary>The band as files and results name it, such as high_pass.</summary>
    public string Name() => Value.Name();

    /// <inheritdoc/>
    public override string ToString() => Name();
}
