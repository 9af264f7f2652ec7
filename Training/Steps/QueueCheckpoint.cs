using MplugCluster.Model.Checkpoints;

namespace MplugCluster.Training.Steps;

/// <summary>The queues as checkpoints have them: embeddings in columns, <c>[E, Q]</c>, identities <c>[1, Q]</c>, and the next column.</summary>
static class QueueCheckpoint
{
    /// <summary>The next column to be written.</summary>
    public const string Pointer = "queue_ptr";

    /// <summary>Takes queues from a checkpoint if they are there and as long as these; else fills them with random unit vectors of no picture.</summary>
    public static void Load(TrainingState state, IWeights source, int queue, int width, int seed, long noIdentity)
    {
        if (Fits(StepNames.ImageQueue, width * queue) && Fits(StepNames.TextQueue, width * queue) && Fits(StepNames.IdentityQueue, queue) && Fits(Pointer, 1))
        {
            state.ImageQueue.Write(Rows(source, StepNames.ImageQueue, queue, width));
            state.TextQueue.Write(Rows(source, StepNames.TextQueue, queue, width));
            var numbers = new float[queue];
            source.Read(StepNames.IdentityQueue, numbers);
            state.IdentityQueue.Write([.. numbers.Select(number => (long)number)]);
            source.Read(Pointer, numbers.AsSpan(0, 1));
            state.QueueRow = (int)numbers[0] % queue;
            return;
        }

        var random = new Random(seed);
        state.ImageQueue.Write(UnitVectors(queue, width, random));
        state.TextQueue.Write(UnitVectors(queue, width, random));
        state.IdentityQueue.Write([.. Enumerable.Repeat(noIdentity, queue)]);
        state.QueueRow = 0;

        bool Fits(string name, int count) => source.Tensors.TryGetValue(name, out var info) && info.Count == count;
    }

    /// <summary>Rows of a queue as the columns of a checkpoint.</summary>
    public static float[] Columns(ReadOnlySpan<float> rows, int queue, int width) => Turned(rows, queue, width);

    static float[] Rows(IWeights source, string name, int queue, int width)
    {
        var columns = new float[queue * width];
        source.Read(name, columns);
        return Turned(columns, width, queue);
    }

    static float[] Turned(ReadOnlySpan<float> values, int rows, int columns)
    {
        var turned = new float[values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                turned[column * rows + row] = values[row * columns + column];
        }

        return turned;
    }

    static float[] UnitVectors(int count, int width, Random random)
    {
        var rows = new float[count * width];
        for (var start = 0; start < rows.Length; start += width)
        {
            var row = rows.AsSpan(start, width);
            var length = 0.0;
            foreach (ref var value in row)
            {
                // Two uniform numbers make a normal one, and normal ones every direction as likely as any other.
                value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
                length += value * value;
            }

            foreach (ref var value in row)
                value /= (float)Math.Sqrt(length);
        }

        return rows;
    }
}
