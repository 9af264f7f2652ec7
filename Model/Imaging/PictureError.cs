namespace MplugCluster.Model.Imaging;

/// <summary>An expected failure of one picture: a value, not an exception.</summary>
/// <param name="Code">The class of failure.</param>
/// <param name="Reason">One line for people, with the numbers that matter; does not repeat the file name.</param>
public sealed record PictureError(PictureErrorCode Code, string Reason);
