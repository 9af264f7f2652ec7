using System.Text.Json;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Calibration;

/// <summary>
/// Batch sizes that were measured, and those that memory was not enough for, in a package's directory: <c>calibration.json</c>. It is no part of the
/// package: neither its fingerprint nor its check of files knows of it, and it may be deleted at any time.
/// </summary>
/// <param name="directory">The package's directory.</param>
public sealed class CalibrationFile(string directory)
{
    /// <summary>How long another writer is waited for.</summary>
    const int Tries = 200, RetryMs = 10;

    const int WindowsSharingViolation = 32, LinuxWouldBlock = 11, MacWouldBlock = 35;

    readonly string lockPath = System.IO.Path.Combine(directory, "calibration.lock");

    /// <summary>Where it lies, or would.</summary>
    public string Path { get; } = System.IO.Path.Combine(directory, "calibration.json");

    /// <summary>The sizes for a kind of device; null if there are none.</summary>
    /// <exception cref="PackageException">The file is damaged, or a later build's.</exception>
    public BatchSizes? Read(CalibrationKey key) => Content().Entries.FirstOrDefault(entry => entry.Key == key)?.Sizes;

    /// <summary>Writes the sizes for a kind of device, in place of those that are there.</summary>
    /// <param name="key">The kind of device.</param>
    /// <param name="sizes">The sizes.</param>
    /// <exception cref="PackageException">It cannot be written, or what is there is a later build's.</exception>
    public void Write(CalibrationKey key, BatchSizes sizes) => Change(key, _ => sizes);

    /// <summary>Takes sizes down to what memory is enough for; others that are smaller stay.</summary>
    /// <param name="key">The kind of device.</param>
    /// <param name="sizes">What memory is enough for.</param>
    /// <exception cref="PackageException">It cannot be written, or what is there is damaged or a later build's.</exception>
    public void Reduce(CalibrationKey key, BatchSizes sizes) => Change(key, before => before?.Least(sizes) ?? sizes);

    /// <summary>Readers see the file before or after a change; writers, of any process, take turns.</summary>
    void Change(CalibrationKey key, Func<BatchSizes?, BatchSizes> change)
    {
        var temporary = $"{Path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using var turn = TakeTurn();
            var entries = Content().Entries;
            var found = entries.FirstOrDefault(entry => entry.Key == key);
            CalibrationContent changed = new()
            {
                Version = CalibrationContent.CurrentVersion,
                Entries = [.. entries.Where(entry => entry != found), CalibrationEntry.Of(key, change(found?.Sizes))],
            };
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(PackageJson.Serialize(changed) + "\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, Path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PackageException($"'{Path}' cannot be written: {e.Message}", e);
        }
        finally
        {
            Discard(temporary);
        }
    }

    CalibrationContent Content()
    {
        try
        {
            if (!File.Exists(Path))
                return new CalibrationContent { Version = CalibrationContent.CurrentVersion, Entries = [] };
            var json = File.ReadAllText(Path);
            using (var document = JsonDocument.Parse(json))
                CheckVersion(document.RootElement);
            var content = PackageJson.Deserialize<CalibrationContent>(json)!;
            return content.Entries.All(entry => entry is { Sizes.Valid: true }) ? content : throw Damaged("a size is none", null);
        }
        catch (JsonException e)
        {
            throw Damaged(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PackageException($"'{Path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Asked first: a later build's file would only fail on some member of it.</summary>
    void CheckVersion(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("version", out var version) || version.ValueKind != JsonValueKind.Number)
            throw Damaged("it has no version", null);
        if (version.GetDouble() != CalibrationContent.CurrentVersion)
            throw new PackageException($"'{Path}' has version {version}; this build reads version {CalibrationContent.CurrentVersion}. Delete it, or calibrate again.");
    }

    PackageException Damaged(string reason, Exception? inner) => new($"'{Path}' is damaged: {reason}. Delete it, or calibrate again.", inner);

    /// <summary>Holds the lock file open for itself; the system lets go of it when the process dies.</summary>
    FileStream TakeTurn()
    {
        for (var left = Tries; ; left--)
        {
            try
            {
                return new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (left > 0 && IsTaken(e))
            {
                Thread.Sleep(RetryMs);
            }
        }
    }

    static bool IsTaken(IOException failure) => OperatingSystem.IsWindows()
        ? (failure.HResult & 0xFFFF) == WindowsSharingViolation
        : failure.HResult is LinuxWouldBlock or MacWouldBlock;

    static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It follows a failure that is told already.
        }
    }
}
