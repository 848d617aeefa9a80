namespace FaasPS.Engine.Routing;

/// <summary>A router cannot be used with a model. The message says why and what to do.</summary>
public sealed class RouterException(string message) : Exception(message);
