using System.Text.Json;

namespace MplugCluster.Gateway.Embedded;

/// <summary>
/// One process has a store directory; it says in <c>.cluster/door.json</c> where others reach it. The lock is the open file itself, which the
/// system lets go of when the process dies: a stale door is one whose lock can be taken.
/// </summary>
sealed class StoreLock : IDisposable
{
    readonly FileStream held;
    readonly string directory;

    StoreLock(FileStream held, string directory) => (this.held, this.directory) = (held, directory);

    /// <summary>Takes the lock; null if another process has it.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static StoreLock? TryTake(string store)
    {
        var directory = DirectoryOf(store);
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The store '{store}' cannot be made or written: {e.Message}", e);
        }

        try
        {
            return new StoreLock(
                new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), directory);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    /// <summary>The door of the process that has the lock; null while it has not said.</summary>
    public static StoreDoor? ReadDoor(string store)
    {
        try
        {
            return JsonSerializer.Deserialize<StoreDoor>(File.ReadAllText(Path.Combine(DirectoryOf(store), "door.json")));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Says where this process can be reached; only the user can read it.</summary>
    public void Publish(StoreDoor door)
    {
        var temporary = Path.Combine(directory, "door.tmp");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(temporary);
        using (var file = new FileStream(temporary, options))
            JsonSerializer.Serialize(file, door);
        File.Move(temporary, Path.Combine(directory, "door.json"), overwrite: true);
    }

    /// <summary>Takes the door away and lets go of the lock.</summary>
    public void Dispose()
    {
        File.Delete(Path.Combine(directory, "door.json"));
        held.Dispose();
    }

    static string DirectoryOf(string store) => Path.Combine(store, ".cluster");
}
