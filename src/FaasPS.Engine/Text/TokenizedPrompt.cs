namespace FaasPS.Engine.Text;

/// <summary>A prompt as the text encoder takes it.</summary>
/// <param name="Ids">77 token ids: start token, text, end token, then zeros.</param>
/// <param name="Length">Tokens before the padding, start and end included; 2 for an empty prompt.</param>
/// <param name="TokenCount">Tokens of the whole text, start and end included; more than 77 when the text had to be cut.</param>
public sealed record TokenizedPrompt(int[] Ids, int Length, int TokenCount)
{
    /// <summary>Whether the end of the text did not fit and has no influence.</summary>
    public bool Truncated => TokenCount > Length;
}
