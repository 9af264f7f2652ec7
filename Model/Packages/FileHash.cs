using System.IO.Hashing;

namespace MplugCluster.Model.Packages;

/// <summary>XXH128 of a file, read with pread: mapping a file of gigabytes would count as this process's memory.</summary>
static class FileHash
{
    const int ChunkBytes = 1 << 20;

    public static string Compute(string path)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var hash = new XxHash128();
        var chunk = new byte[ChunkBytes];
        for (long offset = 0; ;)
        {
            var read = RandomAccess.Read(file, chunk, offset);
            if (read == 0)
                return Convert.ToHexStringLower(hash.GetCurrentHash());
            hash.Append(chunk.AsSpan(0, read));
            offset += read;
        }
    }
}
