namespace MplugCluster.Model.Verification;

/// <summary>One quantity compared with the reference's numbers.</summary>
/// <param name="Quantity">What was compared.</param>
/// <param name="MaxDifference">Largest absolute difference; for ids and 8-bit levels the largest difference in units.</param>
/// <param name="Tolerance">What is allowed.</param>
public sealed record GoldenCheck(string Quantity, double MaxDifference, double Tolerance)
{
    /// <summary>Whether the difference is within tolerance; NaN is not.</summary>
    public bool Passed => MaxDifference <= Tolerance;
}
