using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>A line of the error report.</summary>
/// <param name="Item">The item, as the input names it.</param>
/// <param name="Code">Stable name of the reason.</param>
/// <param name="Reason">One line for people.</param>
sealed record ErrorLine(string Item, string Code, string Reason)
{
    public static ErrorLine Of(string item, ItemError error) => new(item, error.Code, error.Reason);
}
