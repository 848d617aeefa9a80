using System.Diagnostics.CodeAnalysis;

namespace FaasPS.Cmdlets;

/// <summary>
/// The imported models by name. One for the process, because models are large and immutable: thread jobs and parallel blocks find those of
/// the session that started them.
/// </summary>
internal static class ModelCatalog
{
    private static readonly object Gate = new();
    private static readonly List<FaasModel> Models = [];

    /// <summary>The models, the last imported last.</summary>
    public static IReadOnlyList<FaasModel> All
    {
        get
        {
            lock (Gate) return [.. Models];
        }
    }

    /// <summary>Adds a model; one of the same name makes way for it.</summary>
    public static void Add(FaasModel model)
    {
        lock (Gate)
        {
            if (TryFind(model.Name, out var old)) Remove(old);
            Models.Add(model);
        }
    }

    /// <summary>Finds a model by name, in any case.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out FaasModel? model)
    {
        lock (Gate) model = Models.Find(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        return model is not null;
    }

    /// <summary>Takes a model out and frees it once nobody uses it.</summary>
    public static bool Remove(FaasModel model)
    {
        lock (Gate)
        {
            if (!Models.Remove(model)) return false;
        }
        model.Release();
        return true;
    }
}
