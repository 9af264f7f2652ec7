namespace MplugCluster.Cuda.Tests.StandIn;

/// <summary>That the stand-in notices what it is there to notice; these run without ONNX Runtime's build for GPUs.</summary>
public sealed unsafe class StandInTests : IDisposable
{
    const int HostToHost = 0, HostToDevice = 1, DeviceToHost = 2;
    const int OutOfMemory = 2, InvalidValue = 1, InvalidDevice = 101, IllegalAddress = 700, NotWhileCapturing = 900;

    readonly StandInCuda cuda;

    public StandInTests(StandInCuda cuda)
    {
        this.cuda = cuda;
        CudaTests.Need(cuda.Hindrance);
        cuda.Begin(1 << 20, devices: 1);
    }

    public void Dispose()
    {
        if (cuda.Hindrance is null)
            Assert.Equal(0, cuda.Log.LiveBytes);
    }

    [Fact]
    public void Copy_ThereAndBack_KeepsTheNumbersAndCountsTheBytes()
    {
        var block = Allocate(1000);
        byte[] numbers = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)], found = new byte[1000];

        fixed (byte* from = numbers, to = found)
        {
            Assert.Equal(0, Copy(block, (nint)from, 1000, HostToDevice));
            Assert.Equal(0, Copy((nint)to, block + 10, 900, DeviceToHost));
        }

        Free(block);
        Assert.Equal(numbers[10..910], found[..900]);
        Assert.Equal((1000L, 900L, 0L), (cuda.Log.ToDeviceBytes, cuda.Log.ToHostBytes, cuda.Log.Faults));
    }

    [Fact]
    public void Copy_KindThatContradictsItsAddresses_IsAFault()
    {
        var block = Allocate(64);

        fixed (byte* here = new byte[64])
            Copy(block, (nint)here, 64, HostToHost);

        Free(block);
        Assert.Equal(1, cuda.Log.Faults);
        Assert.StartsWith("copy of another kind than its addresses say", cuda.LastFault);
    }

    [Fact]
    public void Copy_MoreThanWasAllocated_IsAFault()
    {
        var block = Allocate(4096);

        fixed (byte* here = new byte[5000])
            Copy(block, (nint)here, 5000, HostToDevice);

        Free(block);
        Assert.StartsWith("copy from or to what is not allocated", cuda.LastFault);
    }

    [Fact]
    public void Free_Twice_IsAFault()
    {
        var block = Allocate(64);
        Free(block);

        Assert.Equal(InvalidValue, Free(block));

        LastError();
        Assert.StartsWith("free of what was not allocated", cuda.LastFault);
    }

    [Fact]
    public void Malloc_MoreThanThereIs_IsRefused()
    {
        var half = Allocate(1 << 19);
        nint more;

        Assert.Equal(OutOfMemory, Malloc(&more, (1 << 19) + 1));

        LastError();
        Free(half);
        Assert.Equal(1 << 19, cuda.Log.PeakBytes);
    }

    [Fact]
    public void Malloc_WhileAGraphIsRecorded_IsRefused()
    {
        nint stream, block, graph;
        ((delegate* unmanaged<nint*, int>)cuda.Function("cudaStreamCreate"))(&stream);
        ((delegate* unmanaged<nint, int>)cuda.Function("cudaStreamBeginCapture"))(stream);
        Assert.Equal(NotWhileCapturing, Malloc(&block, 64));
        ((delegate* unmanaged<nint, nint*, int>)cuda.Function("cudaStreamEndCapture"))(stream, &graph);
        LastError();

        Free(Allocate(64));

        Assert.Equal(1, cuda.Log.Captures);
    }

    [Fact]
    public void SetDevice_BeyondTheLast_IsRefused()
    {
        var set = (delegate* unmanaged<int, int>)cuda.Function("cudaSetDevice");

        Assert.Equal((0, InvalidDevice), (set(0), set(1)));

        LastError();
    }

    [Fact]
    public void Launch_AfterTheLastThatGoesWell_EveryCallFails()
    {
        var launch = (delegate* unmanaged<int>)cuda.Function("cudaLaunchKernel");
        cuda.FailAfter(2, IllegalAddress);

        Assert.Equal([0, 0, IllegalAddress], new[] { launch(), launch(), launch() });
        Assert.Equal((IllegalAddress, IllegalAddress), (LastError(), LastError()));

        cuda.Begin(1 << 20, devices: 1);
        LastError();
        Assert.Equal(0, LastError());
    }

    nint Allocate(long bytes)
    {
        nint block;
        Assert.Equal(0, Malloc(&block, bytes));
        return block;
    }

    int Malloc(nint* block, long bytes) => ((delegate* unmanaged<nint*, nint, int>)cuda.Function("cudaMalloc"))(block, (nint)bytes);

    int Free(nint block) => ((delegate* unmanaged<nint, int>)cuda.Function("cudaFree"))(block);

    int Copy(nint to, nint from, long bytes, int kind) =>
        ((delegate* unmanaged<nint, nint, nint, int, int>)cuda.Function("cudaMemcpy"))(to, from, (nint)bytes, kind);

    int LastError() => ((delegate* unmanaged<int>)cuda.Function("cudaGetLastError"))();
}
