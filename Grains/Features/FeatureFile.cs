using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Grains.Features;

/// <summary>One picture's features as bytes.</summary>
static class FeatureFile
{
    /// <summary>Mark, how many numbers embedding and tokens have, XXH3 of what follows.</summary>
    const int HeaderBytes = 20;

    /// <summary>"MPF1": the tokens are fp32, as the embedding always is.</summary>
    const uint WithSingles = 0x3146504D;

    /// <summary>"MPF2": the tokens are fp16.</summary>
    const uint WithHalves = 0x3246504D;

    public static byte[] Format(ImageFeatures features)
    {
        var content = new byte[HeaderBytes + features.Bytes];
        var data = content.AsSpan(HeaderBytes);
        MemoryMarshal.AsBytes<float>(features.Embedding).CopyTo(data);
        features.Tokens.Bytes.CopyTo(data[(sizeof(float) * features.Embedding.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(content, features.Tokens.Precision == FeaturePrecision.Fp16 ? WithHalves : WithSingles);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(4), features.Embedding.Length);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(8), features.Tokens.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(12), XxHash3.HashToUInt64(data));
        return content;
    }

    /// <summary>The features; null if the bytes are damaged or of another format.</summary>
    public static ImageFeatures? Parse(byte[] content)
    {
        if (content.Length < HeaderBytes || PrecisionOf(BinaryPrimitives.ReadUInt32LittleEndian(content)) is not { } precision)
            return null;
        var embedding = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(4));
        var tokens = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(8));
        var data = content.AsSpan(HeaderBytes);
        var embeddingBytes = sizeof(float) * (long)embedding;
        if (embedding < 0 || tokens < 0 || data.Length != embeddingBytes + precision.NumberBytes() * (long)tokens
            || XxHash3.HashToUInt64(data) != BinaryPrimitives.ReadUInt64LittleEndian(content.AsSpan(12)))
        {
            return null;
        }

        return new ImageFeatures(
            MemoryMarshal.Cast<byte, float>(data[..(int)embeddingBytes]).ToArray(), ImageTokens.FromBytes(data[(int)embeddingBytes..], precision));
    }

    static FeaturePrecision? PrecisionOf(uint mark) => mark switch
    {
        WithSingles => FeaturePrecision.Fp32,
        WithHalves => FeaturePrecision.Fp16,
        _ => null,
    };
}
