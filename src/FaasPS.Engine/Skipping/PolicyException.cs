namespace FaasPS.Engine.Skipping;

/// <summary>A policy that cannot be used: it is malformed, or made for another model or band. The message names it.</summary>
public sealed class PolicyException(string message, Exception? inner = null) : Exception(message, inner);
