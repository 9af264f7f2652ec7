namespace MplugCluster.Training.Steps;

/// <summary>Numbers of the state that lie side by side: a weight, a queue, or all of a kind. They are copied from and to where the device has them.</summary>
/// <param name="memory">Where they lie.</param>
/// <param name="offset">Where they begin, in bytes.</param>
/// <param name="count">How many there are.</param>
readonly struct StateNumbers<T>(SwappedMemory memory, long offset, int count) where T : unmanaged
{
    /// <summary>How many there are.</summary>
    public int Count => count;

    /// <summary>The numbers as they are now.</summary>
    public T[] ToArray()
    {
        var numbers = new T[count];
        Read(numbers);
        return numbers;
    }

    /// <summary>Copies the numbers as they are now.</summary>
    /// <param name="numbers">Where they go: as many.</param>
    public void Read(Span<T> numbers)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(numbers.Length, count);
        memory.Now.Read(offset, numbers);
    }

    /// <summary>Takes other numbers.</summary>
    /// <param name="numbers">As many.</param>
    public void Write(ReadOnlySpan<T> numbers)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(numbers.Length, count);
        memory.Now.Write(offset, numbers);
    }
}
