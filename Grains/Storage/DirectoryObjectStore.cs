using System.IO.Hashing;
using System.Runtime.CompilerServices;

namespace MplugCluster.Grains.Storage;

/// <summary>
/// Objects as files below a directory. A write goes to a temporary file that is renamed, so a crash leaves the old content or the new.
/// Conditional writes of all processes on the directory take turns through one lock file.
/// </summary>
public sealed class DirectoryObjectStore : IObjectStore
{
    const string Temporary = ".tmp";
    const string LockFile = ".lock";

    /// <summary>What the systems say of a file that another process has for itself.</summary>
    const int WindowsSharingViolation = 32, LinuxWouldBlock = 11, MacWouldBlock = 35;

    static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(5);

    readonly string root;

    /// <summary>Opens a store; its directory is made if need be, and what a crash left half written is removed.</summary>
    /// <exception cref="StoreException">The directory cannot be made or written.</exception>
    public DirectoryObjectStore(string directory)
    {
        root = Path.GetFullPath(directory);
        Guard(root, () =>
        {
            Directory.CreateDirectory(Path.Combine(root, Temporary));
            var dayAgo = DateTime.UtcNow.AddDays(-1);
            foreach (var left in Directory.EnumerateFiles(Path.Combine(root, Temporary))
                .Where(file => Path.GetFileName(file) != LockFile && File.GetLastWriteTimeUtc(file) < dayAgo))
                File.Delete(left);
            return true;
        });
    }

    /// <inheritdoc/>
    public async Task<StoredObject?> Read(string path, CancellationToken cancellation = default)
    {
        var content = await ReadRange(path, 0, -1, cancellation);
        return content is null ? null : new StoredObject(content, ETag(content));
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReadRange(string path, long offset, long length, CancellationToken cancellation = default)
    {
        try
        {
            return await FileBytes.Read(FileOf(path), offset, length, cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }
    }

    /// <inheritdoc/>
    public Task<ObjectInfo?> Head(string path, CancellationToken cancellation = default)
    {
        var file = new FileInfo(FileOf(path));
        return Task.FromResult(file.Exists ? InfoOf(file, path) : null);
    }

    /// <inheritdoc/>
    public string? LocalFile(string path) => FileOf(path);

    /// <inheritdoc/>
    public async Task<string?> Write(string path, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation = default)
    {
        var target = FileOf(path);
        var temporary = Path.Combine(root, Temporary, Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await WriteFile(temporary, content, cancellation);
            return await Publish(temporary, target, content, condition, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }
        finally
        {
            Discard(temporary);
        }
    }

    /// <inheritdoc/>
    public Task<bool> Delete(string path, CancellationToken cancellation = default) => Task.FromResult(Guard(path, () =>
    {
        var file = FileOf(path);
        var existed = File.Exists(file);
        if (existed)
            File.Delete(file);
        return existed;
    }));

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> List(string folder, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var directory = new DirectoryInfo(folder.Length == 0 ? root : FileOf(folder));
        if (!directory.Exists)
            yield break;
        var files = Guard(folder, () => directory.EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(Describe).OfType<ObjectInfo>()
            .Where(info => folder.Length > 0 || !IsBookkeeping(info.Path))
            .OrderBy(info => info.Path, StringComparer.Ordinal).ToList());
        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return file;
        }

        await Task.CompletedTask;
    }

    /// <summary>Best effort, because it follows a failure that is told already; the next start removes what stays.</summary>
    static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // See above.
        }
    }

    static async Task WriteFile(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        await file.WriteAsync(content, cancellation);
        file.Flush(flushToDisk: true);
    }

    async Task<string?> Publish(string temporary, string target, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation)
    {
        if (condition == WriteCondition.None)
        {
            File.Move(temporary, target, overwrite: true);
            return ETag(content.Span);
        }

        using var turn = await TakeTurn(cancellation);
        var present = File.Exists(target);
        if (condition.MustBeAbsent ? present : !present || ETag(await File.ReadAllBytesAsync(target, cancellation)) != condition.ETag)
            return null;
        File.Move(temporary, target, overwrite: true);
        return ETag(content.Span);
    }

    /// <summary>Holds the lock file open for itself; the system lets go of it when the process dies.</summary>
    async Task<IDisposable> TakeTurn(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(root, Temporary, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsTaken(e))
            {
                await Task.Delay(LockRetry, cancellation);
            }
        }
    }

    /// <summary>Whether another one has the file; that the disk is full or read-only is no reason to wait here.</summary>
    static bool IsTaken(IOException failure) => OperatingSystem.IsWindows()
        ? (failure.HResult & 0xFFFF) == WindowsSharingViolation
        : failure.HResult is LinuxWouldBlock or MacWouldBlock;

    /// <summary>Null for a file that was deleted while it was listed.</summary>
    ObjectInfo? Describe(FileInfo file)
    {
        try
        {
            return InfoOf(file, Path.GetRelativePath(root, file.FullName).Replace('\\', '/'));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Folders at the top that begin with a dot are the directory's own, and the process's that has it: no objects.</summary>
    static bool IsBookkeeping(string path) => path[0] == '.';

    static ObjectInfo InfoOf(FileInfo file, string path) =>
        new(path, file.Length, file.LastWriteTimeUtc, FileBytes.Version(file));

    string FileOf(string path) => Path.Combine(root, ObjectPath.Check(path));

    static string ETag(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(XxHash128.Hash(content));

    static T Guard<T>(string path, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }
    }

    static StoreException Failed(string path, Exception cause) => new($"The store failed at '{path}': {cause.Message}", cause);
}
