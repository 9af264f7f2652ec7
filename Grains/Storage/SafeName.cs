using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MplugCluster.Grains.Storage;

/// <summary>Any text as one segment of an object's path, different for different texts.</summary>
static class SafeName
{
    /// <summary>File systems take 255 bytes.</summary>
    const int MaxLength = 200;

    /// <summary>
    /// Letters, digits, '-', '_' and inner '.' stay; every other byte of the UTF-8 is <c>%XX</c>. A long text is cut and ends with its SHA-256.
    /// </summary>
    public static string Of(string text)
    {
        var safe = new StringBuilder();
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            var c = (char)bytes[i];
            var isInner = i > 0 && i < bytes.Length - 1;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && isInner))
                safe.Append(c);
            else
                safe.Append('%').Append(bytes[i].ToString("X2", CultureInfo.InvariantCulture));
        }

        if (safe.Length == 0)
            return "%";
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return safe.Length <= MaxLength ? safe.ToString() : $"{safe.ToString(0, MaxLength - hash.Length - 1)}%{hash}";
    }
}
