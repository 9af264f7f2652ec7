using System.Numerics.Tensors;
using MplugCluster.Model.Onnx;
using MplugCluster.Training.Optimization;

namespace MplugCluster.Training.Steps;

/// <summary>Moves the weights along the gradients.</summary>
sealed class WeightUpdate : IDisposable
{
    /// <summary>Numbers that a run of the optimiser's graph takes.</summary>
    const int Numbers = 5;

    readonly TrainingState state;
    readonly AdamWOptions options;
    readonly BoundGraph adamw, norm;
    readonly BoundGraph? accumulateFirst, accumulate;
    readonly SwappedMemory? sums;
    readonly HostMemory numbers = new(Numbers * HostMemory.Alignment);
    readonly BoundTensor[] number;

    public WeightUpdate(TensorDevice device, TrainingState state, StepOptions step)
    {
        (this.state, options) = (state, step.Optimizer);
        adamw = new BoundGraph(OptimizerGraphs.AdamW(options), step.Engine);
        norm = new BoundGraph(OptimizerGraphs.GradientNorm(), step.Engine);
        if (step.Accumulate > 1)
        {
            accumulateFirst = new BoundGraph(OptimizerGraphs.Accumulate(first: true), step.Engine);
            accumulate = new BoundGraph(OptimizerGraphs.Accumulate(first: false), step.Engine);
            sums = new SwappedMemory(device, state.Layout.Count * sizeof(float));
        }

        number = [.. Enumerable.Range(0, Numbers).Select(i => numbers.View(i * HostMemory.Alignment, OnnxType.Float))];
    }

    /// <summary>Adds a batch's gradients to those of the batches before.</summary>
    public void Accumulate(TensorMemory gradients, bool first, float share)
    {
        var count = (int)state.Layout.Count;
        KeyValuePair<string, BoundTensor>[] inputs =
        [
            new(OptimizerGraphs.Gradients, gradients.View(0, OnnxType.Float, count)),
            new(OptimizerGraphs.Scale, Set(0, share)),
        ];
        KeyValuePair<string, BoundTensor>[] outputs = [new(OptimizerGraphs.Next(OptimizerGraphs.Sums), sums!.Write(0, OnnxType.Float, count))];
        if (first)
            accumulateFirst!.Run(inputs, outputs);
        else
            accumulate!.Run([.. inputs, new(OptimizerGraphs.Sums, sums.Read(0, OnnxType.Float, count))], outputs);
        sums.Swap();
    }

    /// <summary>Length of the gradient, of all batches together.</summary>
    public double GradientNorm(TensorMemory gradients)
    {
        var (memory, count) = (sums?.Now ?? gradients, (int)state.Layout.Count);
        if (memory is HostMemory host)
            return Math.Sqrt(SumOfSquares(host.Span<float>(0, count)));
        var rows = memory.View(0, OnnxType.Float, OptimizerGraphs.NormRows, count / OptimizerGraphs.NormRows);
        norm.Run([new(OptimizerGraphs.Gradients, rows)], [new(OptimizerGraphs.Norm, number[0])]);
        return numbers.Span<float>(0, 1)[0];
    }

    /// <summary>In stretches, for the reason of <see cref="OptimizerGraphs.GradientNorm"/>.</summary>
    static double SumOfSquares(ReadOnlySpan<float> all)
    {
        const int Stretch = 4096;
        var sum = 0.0;
        for (var rest = all; !rest.IsEmpty; rest = rest[Math.Min(Stretch, rest.Length)..])
            sum += TensorPrimitives.SumOfSquares(rest[..Math.Min(Stretch, rest.Length)]);
        return sum;
    }

    /// <summary>One step of the optimiser.</summary>
    public void Run(TensorMemory gradients, double gradientNorm, StepRates rates)
    {
        state.Steps++;
        var scale = options.ClipNorm > 0 && gradientNorm > options.ClipNorm ? options.ClipNorm / gradientNorm : 1;
        var (first, second) = (1 - Math.Pow(options.Beta1, state.Steps), 1 - Math.Pow(options.Beta2, state.Steps));
        var all = sums?.Now ?? gradients;
        foreach (var range in state.Layout.Ranges)
        {
            var rate = range.Vision ? rates.VisionRate : rates.Rate;
            var offset = range.Offset * sizeof(float);
            adamw.Run(
                [
                    new(OptimizerGraphs.Weights, state.Weights.Read(offset, OnnxType.Float, range.Count)),
                    new(OptimizerGraphs.First, state.First.Read(offset, OnnxType.Float, range.Count)),
                    new(OptimizerGraphs.Second, state.Second.Read(offset, OnnxType.Float, range.Count)),
                    new(OptimizerGraphs.Gradients, all.View(offset, OnnxType.Float, range.Count)),
                    new(OptimizerGraphs.Scale, Set(1, scale)),
                    new(OptimizerGraphs.Keep, Set(2, range.Decays ? 1 - rate * options.WeightDecay : 1)),
                    new(OptimizerGraphs.Rate, Set(3, rate / first)),
                    new(OptimizerGraphs.Root, Set(4, 1 / Math.Sqrt(second))),
                ],
                [
                    new(OptimizerGraphs.Next(OptimizerGraphs.Weights), state.Weights.Write(offset, OnnxType.Float, range.Count)),
                    new(OptimizerGraphs.Next(OptimizerGraphs.First), state.First.Write(offset, OnnxType.Float, range.Count)),
                    new(OptimizerGraphs.Next(OptimizerGraphs.Second), state.Second.Write(offset, OnnxType.Float, range.Count)),
                ]);
        }

        state.Weights.Swap();
        state.First.Swap();
        state.Second.Swap();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        adamw.Dispose();
        norm.Dispose();
        accumulateFirst?.Dispose();
        accumulate?.Dispose();
        numbers.Dispose();
    }

    BoundTensor Set(int at, double value)
    {
        numbers.Span<float>(at * HostMemory.Alignment, 1)[0] = (float)value;
        return number[at];
    }
}
