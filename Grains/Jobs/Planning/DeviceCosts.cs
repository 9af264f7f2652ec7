namespace MplugCluster.Grains.Jobs.Planning;

/// <summary>What work takes on a device, as it has learned.</summary>
/// <param name="Device">The device.</param>
/// <param name="ImageMs">Encoding a picture, in milliseconds; 0: it does not know.</param>
/// <param name="TextMs">Encoding a text of mean length, in milliseconds; 0: it does not know.</param>
/// <param name="PairMs">Scoring a pair with a text of mean length, in milliseconds; 0: it does not know.</param>
/// <param name="IsGuess">Whether it has not done all such work since it started, so that some of this is a first guess.</param>
public sealed record DeviceCosts(string Device, double ImageMs, double TextMs, double PairMs, bool IsGuess = false)
{
    /// <summary>Whether all of it is known.</summary>
    public bool IsKnown => ImageMs > 0 && TextMs > 0 && PairMs > 0;
}
