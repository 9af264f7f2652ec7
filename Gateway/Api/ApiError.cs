namespace MplugCluster.Gateway.Api;

/// <summary>Why one item of a list failed while the rest went on.</summary>
/// <param name="Code"><c>unsupported</c>, <c>unreadable</c>, <c>too_large</c>, <c>missing</c>, <c>changed</c>, <c>invalid</c>, <c>url_refused</c> or <c>fetch_failed</c>.</param>
/// <param name="Message">One line for people.</param>
public sealed record ApiError(string Code, string Message);
