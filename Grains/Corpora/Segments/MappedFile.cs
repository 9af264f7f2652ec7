using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace MplugCluster.Grains.Corpora.Segments;

/// <summary>
/// A file mapped into memory, read-only. It is unmapped when nothing refers to its memory any more: with a count of users, one that is wrong by
/// one would take the process down.
/// </summary>
sealed unsafe class MappedFile : MemoryManager<byte>
{
    readonly MemoryMappedFile map;
    readonly Pointer pointer;
    readonly byte* start;
    readonly int length;

    /// <summary>Maps a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="forget">Whether the name is deleted at once; the content goes with the mapping, even if the process dies.</param>
    /// <exception cref="IOException">It cannot be opened, is empty, or has 2 GiB or more.</exception>
    public MappedFile(string path, bool forget = false)
    {
        Handle = File.OpenHandle(path, options: FileOptions.RandomAccess | (forget ? FileOptions.DeleteOnClose : FileOptions.None), share: FileShare.Read | FileShare.Delete);
        var size = RandomAccess.GetLength(Handle);
        if (size is 0 or > int.MaxValue)
            throw new IOException($"it has {size} bytes; 1 to {int.MaxValue} are allowed");
        length = (int)size;
        map = MemoryMappedFile.CreateFromFile(Handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        pointer = new Pointer(map.CreateViewAccessor(0, size, MemoryMappedFileAccess.Read));
        start = pointer.Start;
        if (forget && !OperatingSystem.IsWindows())
            File.Delete(path);
    }

    /// <summary>For reading without the mapping, whose pages count as this process's memory.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>First byte.</summary>
    public byte* Start => start;

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(start, length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        pointer.Dispose();
        map.Dispose();
        Handle.Dispose();
    }

    /// <summary>Keeps the view mapped until it is let go of.</summary>
    sealed class Pointer : IDisposable
    {
        readonly MemoryMappedViewAccessor view;
        readonly byte* start;

        public Pointer(MemoryMappedViewAccessor view)
        {
            this.view = view;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        }

        ~Pointer() => view.SafeMemoryMappedViewHandle.ReleasePointer();

        public byte* Start => start + view.PointerOffset;

        public void Dispose()
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            GC.SuppressFinalize(this);
        }
    }
}
