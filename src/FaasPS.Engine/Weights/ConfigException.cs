namespace FaasPS.Engine.Weights;

/// <summary>A model configuration lacks something, contradicts itself, or asks for what this engine does not have. The message
/// names the file, the YAML path, the value, and what is valid.</summary>
public sealed class ConfigException : Exception
{
    public ConfigException(string message) : base(message) { }

    public ConfigException(string message, Exception inner) : base(message, inner) { }
}
