using System.Reflection;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Training.Tests.Devices;

/// <summary>Memory on the processor and memory apart from the host: the same to whoever copies.</summary>
public sealed class TensorMemoryTests
{
    [Theory, InlineData(false), InlineData(true)]
    public void Take_FreshMemory_IsZeroAndKeepsWhatIsWritten(bool apart)
    {
        // More than goes at a time, by a few bytes.
        const int Count = (1 << 24) + 3;
        using var device = new TensorDevice(new EngineOptions { AsGpu = apart });
        var memory = device.Take((long)Count * sizeof(float));
        var numbers = new float[Count];

        memory.Read<float>(0, numbers);
        Assert.DoesNotContain(numbers, number => number != 0);
        for (var i = 0; i < Count; i++)
            numbers[i] = i;
        memory.Write<float>(0, numbers);
        var found = new float[5];
        memory.Read<float>((Count - 5L) * sizeof(float), found);

        Assert.Equal(apart, memory is DeviceMemory);
        Assert.Equal(numbers[^5..], found);
    }

    [Fact]
    public void Take_MemoryThatWasUsed_IsZero()
    {
        using var device = new TensorDevice(new EngineOptions { AsGpu = true });
        var used = device.Take(1 << 20);
        used.Write<byte>(0, [.. Enumerable.Repeat((byte)7, 1 << 20)]);
        used.Dispose();
        var numbers = new byte[1 << 20];

        device.Take(1 << 20).Read<byte>(0, numbers);

        Assert.All(numbers, number => Assert.Equal(0, number));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Read_BeyondTheEnd_IsRefused(bool apart)
    {
        using var device = new TensorDevice(new EngineOptions { AsGpu = apart });
        var memory = device.Take(8);

        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Read<long>(1, new long[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Write<long>(-8, new long[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.View(0, OnnxType.Float, 3));
    }

    [Fact]
    public void Run_InputsOfTheHostAndOfTheDevice_GoTogether()
    {
        var graph = new OnnxGraph("sum");
        graph.Output("sum", graph.Input("a", OnnxType.Float, 2) + graph.Input("b", OnnxType.Float, 2));
        var engine = new EngineOptions { AsGpu = true };
        using var device = new TensorDevice(engine);
        using var bound = new BoundGraph(graph, engine);
        var there = device.Take(2 * device.Alignment);
        using var here = new HostMemory(2 * sizeof(float));
        there.Write<float>(0, [1, 2]);
        here.Span<float>(0, 2)[1] = 5;
        var sums = new float[2];

        bound.Run(
            [new("a", there.View(0, OnnxType.Float, 2)), new("b", here.View(0, OnnxType.Float, 2))], [new("sum", there.View(device.Alignment, OnnxType.Float, 2))]);
        there.Read<float>(device.Alignment, sums);

        Assert.Equal([1, 7], sums);
    }

    [Fact]
    public void DeviceMemory_ToTheHost_GivesNoAddress() => Assert.DoesNotContain(
        typeof(DeviceMemory).GetMembers(BindingFlags.Instance | BindingFlags.Public),
        member => (member is MethodInfo method ? method.ReturnType : (member as PropertyInfo)?.PropertyType) is { } type
            && (type.IsPointer || type.IsByRef || type.IsByRefLike || type == typeof(nint)));
}
