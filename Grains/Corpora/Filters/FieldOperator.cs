namespace MplugCluster.Grains.Corpora.Filters;

/// <summary>How a field is compared.</summary>
enum FieldOperator
{
    /// <summary>It is one of the values.</summary>
    In,

    Above,

    From,

    Below,

    UpTo,
}
