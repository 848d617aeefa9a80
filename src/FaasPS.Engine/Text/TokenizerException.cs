namespace FaasPS.Engine.Text;

/// <summary>The tokenizer's vocabulary is missing, unreadable or malformed; the message says where and what to do.</summary>
public sealed class TokenizerException(string message, Exception? inner = null) : Exception(message, inner);
