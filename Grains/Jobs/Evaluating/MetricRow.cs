using System.Text.Json.Serialization;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>A row of an evaluate job's results; <see cref="ResultColumns"/> has the columns.</summary>
/// <param name="Direction"><c>txt</c>: captions of a picture; <c>img</c>: the picture of a caption; <c>both</c>; <c>set</c>: sizes. With <c>_itc</c>: by ITC similarity alone.</param>
/// <param name="Metric"><c>r1</c>, <c>r5</c>, <c>r10</c>, <c>r_mean</c> in percent; <c>mrr</c>, <c>ndcg10</c> in 0..1; <c>pictures</c>, <c>captions</c>, <c>excluded</c>, <c>pairs</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Low">Lower end of the 95 % bootstrap interval.</param>
/// <param name="High">Upper end.</param>
sealed record MetricRow(
    string Direction,
    string Metric,
    double Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Low = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? High = null);
