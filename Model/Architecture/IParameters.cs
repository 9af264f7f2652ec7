namespace MplugCluster.Model.Architecture;

/// <summary>The weights of a model as an interpreter's tensors. What is asked for here is the importer's checklist.</summary>
public interface IParameters<T> where T : class, ITensor<T>
{
    /// <summary>A weight by its checkpoint name, with the shape the architecture expects of it.</summary>
    T this[string name, params Dim[] shape] { get; }

    /// <summary>A constant tensor of ones, of any shape (masks of image tokens).</summary>
    T Ones(params Dim[] shape);
}
