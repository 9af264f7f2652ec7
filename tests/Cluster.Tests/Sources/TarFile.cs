using System.Formats.Tar;
using System.Text;

namespace MplugCluster.Cluster.Tests.Sources;

/// <summary>Tar files as other programs write them.</summary>
static class TarFile
{
    public static byte[] Ustar(params (string Name, string Content)[] members) => Write(TarEntryFormat.Ustar, members);

    public static byte[] Write(TarEntryFormat format, params (string Name, string Content)[] members) =>
        Write(format, [.. members.Select(member => Entry(format, member.Name, member.Content))]);

    public static byte[] Write(TarEntryFormat format, params TarEntry[] entries)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, format, leaveOpen: true))
        {
            foreach (var entry in entries)
                writer.WriteEntry(entry);
        }

        return stream.ToArray();
    }

    public static TarEntry Entry(TarEntryFormat format, string name, string content, TarEntryType? type = null)
    {
        var kind = type ?? (format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile);
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(kind, name),
            TarEntryFormat.Ustar => new UstarTarEntry(kind, name),
            TarEntryFormat.Gnu => new GnuTarEntry(kind, name),
            _ => new PaxTarEntry(kind, name),
        };
        if (kind is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        else if (kind is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            entry.LinkName = content;
        return entry;
    }
}
