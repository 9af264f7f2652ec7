using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Rank;

/// <summary>A result on a contact sheet.</summary>
/// <param name="Result">The result.</param>
/// <param name="Picture">Address of what is shown; null: the item's text is, or that there is no picture.</param>
/// <param name="Link">Where a click leads; null: nowhere.</param>
sealed record SheetEntry(SearchResult Result, string? Picture, string? Link = null);
