using MplugCluster.Model.Checkpoints;

namespace MplugCluster.Model.Tests.Checkpoints;

public sealed class CanonicalNamesTests
{
    [Theory]
    [InlineData("text_encoder.encoder.layer.0.x", "text_encoder.encoder.layer.0.x")]
    [InlineData("text_encoder.bert.encoder.layer.0.x", "text_encoder.encoder.layer.0.x")]
    [InlineData("text_encoder_m.bert.embeddings.x", "text_encoder_m.embeddings.x")]
    [InlineData("fusion_encoder.fusion.encoder.layer.6.x", "fusion_encoder.encoder.layer.6.x")]
    [InlineData("fusion_encoder.bert.encoder.layer.6.x", "fusion_encoder.encoder.layer.6.x")]
    [InlineData("model.text_encoder.bert.pooler.x", "text_encoder.pooler.x")]
    [InlineData("module.visual_encoder.visual.conv1.weight", "visual_encoder.visual.conv1.weight")]
    [InlineData("module.model.itm_head.weight", "itm_head.weight")]
    [InlineData("text_decoder.bert.encoder.x", "text_decoder.bert.encoder.x")]
    [InlineData("itm_head.weight", "itm_head.weight")]
    public void Of_EveryPublishedSpelling_OneName(string name, string expected) => Assert.Equal(expected, CanonicalNames.Of(name));

    [Fact]
    public void Map_TwoNamesThatBecomeOne_ErrorNamesBoth()
    {
        var failure = Assert.Throws<CheckpointException>(() =>
            CanonicalNames.Map(["text_encoder.bert.x", "text_encoder.x"], "f.pth"));

        Assert.Equal("'f.pth': the tensors 'text_encoder.bert.x' and 'text_encoder.x' are both text_encoder.x.", failure.Message);
    }
}
