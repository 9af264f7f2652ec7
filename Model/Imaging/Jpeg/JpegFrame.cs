using System.Buffers.Binary;

namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>
/// What is in front of the coded data of a plain photograph: baseline or extended Huffman, 8 bits, grey or YCbCr with chroma whole, halved across, or
/// halved both ways. Everything else is not read.
/// </summary>
/// <param name="Luma">The first component.</param>
/// <param name="Blue">The second, if there is colour.</param>
/// <param name="Red">The third, if there is colour.</param>
/// <param name="HasColour">Three components, not one.</param>
/// <param name="RestartInterval">Units between restart markers; 0: there are none.</param>
/// <param name="Data">Where the coded data begins in the file.</param>
readonly record struct JpegFrame(JpegComponent Luma, JpegComponent Blue, JpegComponent Red, bool HasColour, int RestartInterval, int Data)
{
    const byte Baseline = 0xC0;
    const byte Extended = 0xC1;
    const byte DefineCodes = 0xC4;
    const byte StartOfScan = 0xDA;
    const byte DefineSteps = 0xDB;
    const byte DefineRestartInterval = 0xDD;
    const byte App0 = 0xE0;
    const byte App14 = 0xEE;
    const byte App15 = 0xEF;
    const byte Comment = 0xFE;

    /// <summary>Reads everything up to the coded data; null: it is not a plain photograph.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="tables">Takes the tables.</param>
    public static JpegFrame? TryRead(ReadOnlySpan<byte> file, JpegTables tables)
    {
        JpegFrame? frame = null;
        int restartInterval = 0;
        for (int at = 2; at + 4 <= file.Length && file[at] == 0xFF;)
        {
            byte marker = file[at + 1];
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length)
                return null;
            var segment = file.Slice(at + 4, length - 2);
            at += 2 + length;
            switch (marker)
            {
                case Baseline or Extended when frame is null && ReadFrame(segment) is { } read:
                    frame = read;
                    continue;
                case DefineCodes when tables.TryReadCodes(segment):
                case DefineSteps when tables.TryReadSteps(segment):
                case Comment or (>= App0 and <= App15 and not App14):
                case App14 when HasUsualColours(segment):
                    continue;
                case DefineRestartInterval when segment.Length == 2:
                    restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    continue;
                case StartOfScan when frame is { } found:
                    return ReadScan(segment, found with { RestartInterval = restartInterval, Data = at }, tables);
                default:
                    return null;
            }
        }

        return null;
    }

    // Adobe's marker says whether three components are YCbCr, 1, or something else.
    static bool HasUsualColours(ReadOnlySpan<byte> segment) => !segment.StartsWith("Adobe"u8) || (segment.Length >= 12 && segment[11] == 1);

    static JpegFrame? ReadFrame(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < 6 || segment[0] != 8)
            return null;
        int components = segment[5];
        if (components is not (1 or 3) || segment.Length != 6 + 3 * components)
            return null;
        var luma = ReadComponent(segment[6..]);
        if (components == 1) // one block a unit whatever it says, but libjpeg refuses factors that are none
            return luma.Columns is < 1 or > 4 || luma.Rows is < 1 or > 4 ? null : new JpegFrame(luma with { Columns = 1, Rows = 1 }, default, default, false, 0, 0);
        var (blue, red) = (ReadComponent(segment[9..]), ReadComponent(segment[12..]));
        bool isRgb = (luma.Id, blue.Id, red.Id) is ((byte)'R', (byte)'G', (byte)'B'); // perhaps: another marker may say that it is not
        bool isPlain = (luma.Columns, luma.Rows) is (1, 1) or (2, 1) or (2, 2) && (blue.Columns, blue.Rows, red.Columns, red.Rows) is (1, 1, 1, 1);
        return isPlain && !isRgb ? new JpegFrame(luma, blue, red, true, 0, 0) : null;
    }

    static JpegComponent ReadComponent(ReadOnlySpan<byte> at) => new(at[0], at[1] >> 4, at[1] & 0x0F, at[2]);

    static JpegFrame? ReadScan(ReadOnlySpan<byte> segment, JpegFrame frame, JpegTables tables)
    {
        int components = frame.HasColour ? 3 : 1;
        if (segment.Length != 4 + 2 * components || segment[0] != components || !segment[^3..].SequenceEqual<byte>([0, 63, 0]))
            return null;
        frame = frame with { Luma = WithCodes(frame.Luma, segment[1..]) };
        if (frame.HasColour)
            frame = frame with { Blue = WithCodes(frame.Blue, segment[3..]), Red = WithCodes(frame.Red, segment[5..]) };
        return Fits(frame.Luma, segment[1], tables)
            && (!frame.HasColour || (Fits(frame.Blue, segment[3], tables) && Fits(frame.Red, segment[5], tables)))
            ? frame
            : null;
    }

    static JpegComponent WithCodes(JpegComponent component, ReadOnlySpan<byte> at) => component with { Dc = at[1] >> 4, Ac = at[1] & 0x0F };

    static bool Fits(in JpegComponent component, byte id, JpegTables tables) =>
        component.Id == id && Math.Max(component.Steps, Math.Max(component.Dc, component.Ac)) < JpegTables.Slots && tables.Has(component);
}
