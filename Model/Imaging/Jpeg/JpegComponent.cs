namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>A colour component of a JPEG.</summary>
/// <param name="Id">Its name in the scan's header.</param>
/// <param name="Columns">Blocks beside each other in a unit of the scan.</param>
/// <param name="Rows">Blocks below each other in a unit of the scan.</param>
/// <param name="Steps">Which table of steps.</param>
/// <param name="Dc">Which code of first coefficients.</param>
/// <param name="Ac">Which code of the others.</param>
readonly record struct JpegComponent(byte Id, int Columns, int Rows, int Steps, int Dc = 0, int Ac = 0);
