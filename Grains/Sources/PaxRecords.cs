using System.Globalization;
using System.Text;

namespace MplugCluster.Grains.Sources;

/// <summary>A pax header's records, <c>length key=value\n</c> each.</summary>
static class PaxRecords
{
    /// <summary>Reads them; null if they are damaged.</summary>
    public static Dictionary<string, string>? Parse(ReadOnlySpan<byte> content)
    {
        var records = new Dictionary<string, string>(StringComparer.Ordinal);
        while (content.Length > 0 && content[0] != 0)
        {
            var space = content.IndexOf((byte)' ');
            if (space <= 0 || !int.TryParse(content[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 1 || length > content.Length || content[length - 1] != '\n')
            {
                return null;
            }

            var record = content[(space + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0)
                return null;
            records[Encoding.UTF8.GetString(record[..equals])] = Encoding.UTF8.GetString(record[(equals + 1)..]);
            content = content[length..];
        }

        return records;
    }
}
