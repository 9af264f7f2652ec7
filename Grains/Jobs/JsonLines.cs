namespace MplugCluster.Grains.Jobs;

/// <summary>Objects of a job that hold one JSON document a line.</summary>
static class JsonLines
{
    /// <summary>Lines as one object's bytes.</summary>
    public static byte[] Join(IEnumerable<byte[]> lines)
    {
        using var joined = new MemoryStream();
        foreach (var line in lines)
        {
            joined.Write(line);
            joined.WriteByte((byte)'\n');
        }

        return joined.ToArray();
    }

    /// <summary>Values as lines.</summary>
    public static byte[] Of<T>(IEnumerable<T> values) => Join(values.Select(JobJson.ToBytes));

    /// <summary>Reads lines back.</summary>
    public static List<T> Read<T>(ReadOnlySpan<byte> content)
    {
        var values = new List<T>();
        while (!content.IsEmpty)
        {
            var end = content.IndexOf((byte)'\n');
            values.Add(JobJson.Read<T>(content[..end]));
            content = content[(end + 1)..];
        }

        return values;
    }
}
