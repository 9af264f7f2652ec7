namespace MplugCluster.Model.Checkpoints.Pickle;

/// <summary>A tensor as a pickle describes it: a view of a storage. Offset and strides count elements.</summary>
sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);
