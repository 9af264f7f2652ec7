using System.Collections.Immutable;

namespace MplugCluster.Model.Architecture;

/// <summary>
/// One size of a shape: a polynomial over named symbols with whole coefficients, so that <c>G*N</c> or <c>577 + T</c>
/// can be compared and multiplied while the graph is written, before anybody knows a batch size.
/// </summary>
public sealed class Dim : IEquatable<Dim>
{
    /// <summary>A product of symbols ("" for the constant term, "G*N" in ordinal order) and its coefficient.</summary>
    readonly ImmutableSortedDictionary<string, long> terms;

    Dim(ImmutableSortedDictionary<string, long> terms) => this.terms = terms;

    /// <summary>A size that is only known when the graph runs.</summary>
    public static Dim Symbol(string name) => new(Terms.Add(name, 1));

    public static implicit operator Dim(int value) => new(value == 0 ? Terms : Terms.Add("", value));

    /// <summary>The number, or null if a symbol is in it.</summary>
    public long? Value => terms.Count == 0 ? 0 : terms.Count == 1 && terms.TryGetValue("", out var value) ? value : null;

    /// <summary>The terms: coefficient and the symbols multiplied with it.</summary>
    public IEnumerable<(long Coefficient, string[] Symbols)> Products =>
        terms.Select(term => (term.Value, term.Key.Split('*', StringSplitOptions.RemoveEmptyEntries)));

    public static Dim operator +(Dim a, Dim b)
    {
        var sum = a.terms.ToBuilder();
        foreach (var (symbols, coefficient) in b.terms)
            sum[symbols] = sum.GetValueOrDefault(symbols) + coefficient;
        return new(Normal(sum));
    }

    public static Dim operator *(Dim a, Dim b)
    {
        var product = Terms.ToBuilder();
        foreach (var (left, x) in a.terms)
        {
            foreach (var (right, y) in b.terms)
            {
                var symbols = string.Join('*', $"{left}*{right}".Split('*', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
                product[symbols] = product.GetValueOrDefault(symbols) + x * y;
            }
        }

        return new(Normal(product));
    }

    /// <inheritdoc/>
    public bool Equals(Dim? other) => other is not null && terms.SequenceEqual(other.terms);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Dim);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => terms.Count == 0
        ? "0"
        : string.Join("+", terms.Select(t => t.Key == "" ? $"{t.Value}" : t.Value == 1 ? t.Key : $"{t.Value}*{t.Key}"));

    static ImmutableSortedDictionary<string, long> Terms { get; } =
        ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    static ImmutableSortedDictionary<string, long> Normal(ImmutableSortedDictionary<string, long>.Builder sum)
    {
        foreach (var symbols in sum.Where(term => term.Value == 0).Select(term => term.Key).ToList())
            sum.Remove(symbols);
        return sum.ToImmutable();
    }
}
