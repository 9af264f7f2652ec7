using System.Buffers.Binary;
using System.IO.Hashing;

namespace MplugCluster.Training.Data;

/// <summary>Random numbers that depend on nothing but what they are for: the same seed, epoch and item give the same ones in any order and process.</summary>
static class StepRandom
{
    /// <summary>A generator of its own.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="purpose">What it is for; another purpose has other numbers.</param>
    /// <param name="numbers">Epoch, item, step...</param>
    public static Random Of(int seed, string purpose, params ReadOnlySpan<long> numbers)
    {
        var hash = new XxHash3(seed);
        hash.Append(System.Text.Encoding.UTF8.GetBytes(purpose));
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
            hash.Append(bytes);
        }

        return new Random(unchecked((int)hash.GetCurrentHashAsUInt64()));
    }
}
