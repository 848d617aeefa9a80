namespace FaasPS.Engine.Fidelity;

/// <summary>Two pictures cannot be compared. The message says why.</summary>
public sealed class FidelityException(string message) : Exception(message);
