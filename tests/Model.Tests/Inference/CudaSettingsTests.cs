using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Tests.Inference;

public sealed class CudaSettingsTests
{
    [Fact]
    public void ProviderOptions_Defaults_TheReferencesNumbersAndNoLimit() =>
        Assert.Equal(
            new Dictionary<string, string> { ["device_id"] = "0", ["arena_extend_strategy"] = "kSameAsRequested", ["use_tf32"] = "0", ["cudnn_conv_algo_search"] = "HEURISTIC" },
            new CudaSettings().ProviderOptions(0));

    [Fact]
    public void ProviderOptions_Halves_NotTheProvidersOwnChoiceOfAttention() =>
        Assert.Equal("3", new CudaSettings { Halves = true }.ProviderOptions(0)["sdpa_kernel"]);

    [Fact]
    public void ProviderOptions_AllSet_InTheProvidersWords() =>
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["device_id"] = "3",
                ["arena_extend_strategy"] = "kNextPowerOfTwo",
                ["use_tf32"] = "1",
                ["cudnn_conv_algo_search"] = "HEURISTIC",
                ["enable_cuda_graph"] = "1",
                ["gpu_mem_limit"] = "8000000000",
            },
            new CudaSettings { MemoryBytes = 8_000_000_000, ArenaDoubles = true, Tf32 = true, Graphs = true }.ProviderOptions(3));
}
