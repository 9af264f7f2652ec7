using System.Globalization;

namespace MplugCluster.Grains.Sources;

/// <summary>The members of a tar file, in its order. Only headers are read; contents are stepped over.</summary>
static class TarArchive
{
    /// <summary>Names and pax records are short; more is damage.</summary>
    const int MaxExtra = 1 << 20;

    static readonly (byte[] Magic, string Name)[] Compressions =
    [
        ([0x1F, 0x8B], "gzip"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"), ("BZh"u8.ToArray(), "bzip2"), ([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'], "xz"),
    ];

    /// <summary>Lists the members. An archive that is damaged ends with a member without a name, which says how.</summary>
    public static async IAsyncEnumerable<TarMember> Members(SourceStream tar)
    {
        var (local, global, longName) = (new Dictionary<string, string>(), new Dictionary<string, string>(), (string?)null);
        for (var at = 0L; at < tar.Length;)
        {
            var block = await tar.ReadAt(at, TarHeader.Block);
            if (block.AsSpan().IndexOfAnyExcept((byte)0) < 0)
                yield break;
            if (block.Length < TarHeader.Block || TarHeader.Parse(block) is not { } header)
            {
                yield return Damage(Unknown(block, at));
                yield break;
            }

            var content = at + TarHeader.Block;
            if (header.Type is 'x' or 'g' or 'L' or 'K')
            {
                var extra = header.Size <= MaxExtra ? await tar.ReadAt(content, (int)header.Size) : [];
                var records = header.Type is 'x' or 'g' ? PaxRecords.Parse(extra) : [];
                if (extra.Length < header.Size || records is null)
                {
                    yield return Damage($"the extended header at byte {at} is damaged.");
                    yield break;
                }

                (local, global) = (header.Type == 'x' ? records : local, header.Type == 'g' ? records : global);
                longName = header.Type == 'L' ? TarHeader.Text(extra) : longName;
                at = Next(content, header.Size);
                continue;
            }

            var member = Member(header, content, longName, key => local.GetValueOrDefault(key) ?? global.GetValueOrDefault(key), [.. local.Keys, .. global.Keys]);
            if (member.Offset + member.Length > tar.Length || member.Length < 0)
            {
                yield return Damage($"it ends at byte {tar.Length}, within '{member.Name}'.");
                yield break;
            }

            if (header.Type != '5' && !(header.Type == '\0' && member.Name.EndsWith('/')))
                yield return member;
            (local, longName) = ([], null);
            at = Next(content, member.Length);
        }
    }

    static TarMember Member(TarHeader header, long content, string? longName, Func<string, string?> pax, string[] keys)
    {
        var name = pax("path") ?? longName ?? header.Name;
        while (name.StartsWith("./", StringComparison.Ordinal) || name.StartsWith('/'))
            name = name[(name.IndexOf('/') + 1)..];
        var size = pax("size") is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var large) ? large : header.Size;
        var isSparse = header.Type == 'S' || keys.Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal));
        return header.Type switch
        {
            '1' or '2' => new TarMember(name, content, 0, "it is a link; pack the files themselves (tar --dereference --hard-dereference)."),
            '3' or '4' or '6' => new TarMember(name, content, 0, "it is a device, not a file."),
            'M' => new TarMember(name, content, size, "it is a part of a file of several volumes; pack one volume."),
            _ when isSparse => new TarMember(name, content, size, "it is stored as a sparse file; pack without --sparse."),
            _ => new TarMember(name, content, size),
        };
    }

    static string Unknown(byte[] block, long at)
    {
        if (at == 0 && Compressions.FirstOrDefault(known => block.AsSpan().StartsWith(known.Magic)) is { Name: { } compression })
            return $"it is compressed ({compression}), and members of a compressed archive cannot be read by themselves; unpack it to a plain .tar.";
        return at == 0 ? "it is not a tar file." : $"there is no header at byte {at}.";
    }

    static TarMember Damage(string reason) => new("", 0, 0, reason, "unreadable");

    static long Next(long content, long size) => content + ((size + TarHeader.Block - 1) / TarHeader.Block * TarHeader.Block);
}
