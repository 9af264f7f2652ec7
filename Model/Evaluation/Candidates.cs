using System.Numerics.Tensors;

namespace MplugCluster.Model.Evaluation;

/// <summary>The first k items of each query by ITC similarity; ties go to the lower number.</summary>
public static class Candidates
{
    /// <summary>Selects candidates without ever holding all similarities.</summary>
    /// <param name="queries">Unit vectors.</param>
    /// <param name="items">Unit vectors of the same size.</param>
    /// <param name="k">Candidates per query; at most the number of items.</param>
    /// <returns>For each query the numbers of its candidates, best first.</returns>
    public static int[][] Select(IReadOnlyList<float[]> queries, IReadOnlyList<float[]> items, int k)
    {
        var similarities = new float[items.Count];
        return [.. queries.Select(query =>
        {
            for (var item = 0; item < items.Count; item++)
                similarities[item] = TensorPrimitives.Dot(query, items[item]);
            return Top(similarities, k);
        })];
    }

    /// <summary>Numbers of the k highest values, highest first.</summary>
    public static int[] Top(ReadOnlySpan<float> values, int k)
    {
        var numbers = Enumerable.Range(0, values.Length).ToArray();
        var keys = values.ToArray();

        // A stable order needs the number as second key; Array.Sort alone leaves ties anywhere.
        Array.Sort(numbers, (a, b) => keys[a] != keys[b] ? keys[b].CompareTo(keys[a]) : a.CompareTo(b));
        return numbers[..Math.Min(k, numbers.Length)];
    }
}
