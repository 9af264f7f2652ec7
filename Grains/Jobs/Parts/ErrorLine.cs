using System.Text.Json.Serialization;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>A line of the error report.</summary>
/// <param name="Item">The item, as the input names it.</param>
/// <param name="Code">Stable name of the reason.</param>
/// <param name="Reason">One line for people.</param>
/// <param name="Role">Null for an item of the job; <c>candidate</c> for a picture of the corpus that could not be reranked.</param>
sealed record ErrorLine(
    string Item,
    string Code,
    string Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role = null)
{
    public static ErrorLine Of(string item, ItemError error) => new(item, error.Code, error.Reason);

    /// <summary>How many items of the job a report has.</summary>
    public static int CountItems(ReadOnlySpan<byte> report) => JsonLines.Read<ErrorLine>(report).Count(line => line.Role is null);
}
