using System.Globalization;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>One part of a job. Block -1: reading the input.</summary>
readonly record struct PartKey(int Block, int Stage, int Part)
{
    /// <summary>The input.</summary>
    public static readonly PartKey Input = new(-1, 0, 0);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Block}/{Stage}/{Part}");

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static PartKey Parse(string key)
    {
        var parts = key.Split('/');
        return new PartKey(Number(parts[0]), Number(parts[1]), Number(parts[2]));

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}
