using System.Diagnostics;

namespace MplugCluster.Tests;

/// <summary>A real file system of a few megabytes, which can be filled up and made read-only; gone after the test.</summary>
sealed class SmallDisk : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly int megabytes;

    SmallDisk(int megabytes) => (this.megabytes, Path) = (megabytes, Directory.CreateDirectory(folder.File("disk")).FullName);

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Mounts it; skips the test where that is not allowed.</summary>
    public static SmallDisk Mount(int megabytes = 8)
    {
        var disk = new SmallDisk(megabytes);
        var fault = OperatingSystem.IsLinux() ? disk.Mount("-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs") : "this is not Linux";
        if (fault is null)
            return disk;
        disk.folder.Dispose();
        Assert.Skip($"A file system cannot be mounted here: {fault}.");
        return disk;
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (var i = 0; i < megabytes << 20 >> 12; i++)
                file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives it back.</summary>
    public void MakeRoom() => File.Delete(Ballast);

    /// <summary>Makes it read-only as soon as nobody has a file open for writing.</summary>
    public async Task MakeReadOnly()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Mount("-o", "remount,ro") is not null)
            await Task.Delay(20, limit.Token);
    }

    /// <summary>Makes it writable again.</summary>
    public void MakeWritable() => Assert.Null(Mount("-o", "remount,rw"));

    public void Dispose()
    {
        // Lazily: something may still have a file of it open.
        Assert.Null(Run("umount", "-l", Path));
        folder.Dispose();
    }

    string? Mount(params string[] arguments) => Run("mount", [.. arguments, Path]);

    /// <summary>What a command complains of; null if all is well.</summary>
    static string? Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            var complaint = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : complaint;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
