namespace MplugCluster.Model.Imaging.Resizing;

/// <summary>
/// Axes that were used lately: pictures of one source have few sizes, and computing the weights is a good part of resizing a small picture.
/// Each is lent to one caller at a time, so that what falls out can be given up at once. Thread-safe.
/// </summary>
static class ResampleAxes
{
    /// <summary>How many axes are kept.</summary>
    const int Kept = 32;

    /// <summary>Bytes of weights beyond which an axis is not kept: those of an endless side.</summary>
    const int MaxBytes = 1 << 18;

    static readonly Lock Gate = new();
    static readonly List<ResampleAxis> Idle = new(Kept + 1); // the latest last

    /// <summary>An axis as <see cref="ResampleAxis(int, int, bool)"/> makes it; give it back with <see cref="Return"/>.</summary>
    public static ResampleAxis Rent(int inputs, int outputs, bool mirrored)
    {
        lock (Gate)
        {
            for (int i = Idle.Count - 1; i >= 0; i--)
            {
                var axis = Idle[i];
                if (axis.Inputs == inputs && axis.Outputs == outputs && axis.IsMirrored == mirrored)
                {
                    Idle.RemoveAt(i);
                    return axis;
                }
            }
        }

        return new ResampleAxis(inputs, outputs, mirrored);
    }

    /// <summary>Ends the loan; the caller must not use the axis any more.</summary>
    public static void Return(ResampleAxis axis)
    {
        ResampleAxis? old = axis;
        if (axis.WeightBytes <= MaxBytes)
        {
            lock (Gate)
            {
                Idle.Add(axis);
                old = Idle.Count > Kept ? Idle[0] : null;
                if (old is not null)
                    Idle.RemoveAt(0);
            }
        }

        old?.Dispose();
    }
}
