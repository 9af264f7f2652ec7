using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>An item that failed, as in a job's error report.</summary>
/// <param name="Item">The item: its id, path or place.</param>
/// <param name="Code">Stable name of the reason.</param>
/// <param name="Reason">One line for people.</param>
/// <param name="Role">Null for an item of the job; <c>candidate</c> for a picture of the corpus that could not be reranked.</param>
public sealed record ItemFault(
    string Item, string Code, string Reason, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role = null);
