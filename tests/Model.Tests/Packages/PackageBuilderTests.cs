using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Tests.Packages;

public sealed class PackageBuilderTests : IDisposable
{
    const string Set = "tiny-stride3";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Import_EitherFormatLayoutAndWrapper_SameFingerprint()
    {
        var expected = Import(Repository.Golden(Set)).Fingerprint;

        Assert.Equal(expected, Import(CheckpointCopy.Write(Set, folder.File("st"), "model.safetensors")).Fingerprint);
        var aliceMind = Import(CheckpointCopy.Write(Set, folder.File("am"), "checkpoint_best.pth", AliceMindName, null, "model"));
        Assert.Equal(expected, aliceMind.Fingerprint);
        Assert.Equal(TextConvention.Am30, aliceMind.Convention);
        Assert.Equal(expected, Import(CheckpointCopy.Write(Set, folder.File("mo"), rename: name => $"module.{name}")).Fingerprint);
    }

    [Fact]
    public void Import_WeightFileByName_ItAndItsDirectory()
    {
        var directory = CheckpointCopy.Write(Set, folder.File("c"), "a.pth");
        File.Copy(Path.Combine(directory, "a.pth"), Path.Combine(directory, "b.pth"));

        var failure = Assert.Throws<CheckpointException>(() => Import(directory));

        Assert.Equal($"'{directory}' has several weight files (a.pth, b.pth); name the one to import.", failure.Message);
        Assert.Equal(Import(Repository.Golden(Set)).Fingerprint, Import(Path.Combine(directory, "b.pth")).Fingerprint);
    }

    [Fact]
    public void Fingerprint_WeightOrVocabularyChanged_Another()
    {
        var expected = Import(Repository.Golden(Set)).Fingerprint;
        var changed = CheckpointCopy.Write(Set, folder.File("w"), change: (name, values) =>
        {
            if (name == "itm_head.bias")
                values[0] = MathF.BitIncrement(values[0]);
        });
        Assert.NotEqual(expected, Import(changed).Fingerprint);

        var vocabulary = CheckpointCopy.Write(Set, folder.File("v"));
        var lines = File.ReadAllLines(Path.Combine(vocabulary, "vocab.txt"));
        (lines[^1], lines[^2]) = (lines[^2], lines[^1]);
        File.WriteAllLines(Path.Combine(vocabulary, "vocab.txt"), lines);
        Assert.NotEqual(expected, Import(vocabulary).Fingerprint);
    }

    [Fact]
    public void Fingerprint_OnlyCandidatesOrConventionChanged_TheSame()
    {
        var expected = Import(Repository.Golden(Set));
        var other = CheckpointCopy.Write(Set, folder.File("k"));
        var yaml = Path.Combine(other, "config.yaml");
        File.WriteAllText(yaml, File.ReadAllText(yaml).Replace("k_test: 8", "k_test: 99"));

        var package = Import(other, TextConvention.Am30);

        Assert.Equal(expected.Fingerprint, package.Fingerprint);
        Assert.Equal((99, TextConvention.Am30), (package.Config.Candidates, package.Convention));
        Assert.Equal((8, TextConvention.Ms25), (expected.Config.Candidates, expected.Convention));
    }

    [Fact]
    public void Fingerprint_Fp16Features_Another()
    {
        var expected = Import(Repository.Golden(Set));
        var directory = folder.File("fp16");
        PackageBuilder.Import(Repository.Golden(Set), directory, featurePrecision: FeaturePrecision.Fp16);
        var package = ModelPackage.Open(directory);

        Assert.NotEqual(expected.Fingerprint, package.Fingerprint);
        Assert.Equal((FeaturePrecision.Fp32, FeaturePrecision.Fp16), (expected.Manifest.FeaturePrecision, package.Manifest.FeaturePrecision));
        Assert.Contains("\"feature_precision\": \"fp16\"", File.ReadAllText(Path.Combine(directory, "package.json")));
        Assert.Equal(expected.Manifest.Files, package.Manifest.Files);
        Assert.Equal(expected.TokenBytes, 2 * package.TokenBytes);
    }

    [Fact]
    public void Import_Report_UsedAndIgnored()
    {
        var report = PackageBuilder.Import(Repository.Golden(Set), folder.File("p"));

        Assert.Contains(report.Used, tensor => tensor.Name == "itm_head.weight");
        Assert.Contains(report.Ignored, tensor => tensor.Name.Contains("_m.", StringComparison.Ordinal));
        Assert.Contains(report.Ignored, tensor => tensor.Name.Contains("queue", StringComparison.Ordinal));
        Assert.True(report.Ok);
    }

    [Fact]
    public void Import_TensorsMissingOrOfAnotherShape_AllNamedAndNothingLeft()
    {
        var broken = CheckpointCopy.Write(Set, folder.File("b"), rename: name => name switch
        {
            "itm_head.weight" => null,
            "vision_proj.bias" => "text_proj.bias",
            "text_proj.bias" => "vision_proj.bias",
            "text_encoder.embeddings.LayerNorm.bias" => "other",
            "temp" => "itm_head.weight",
            _ => name,
        });

        var failure = Assert.Throws<CheckpointException>(() => Import(broken));

        Assert.StartsWith("The checkpoint does not fit its configuration (1 missing, 1 of another shape):", failure.Message);
        Assert.Contains("text_encoder.embeddings.LayerNorm.bias: expected [64], found nothing", failure.Message);
        Assert.Contains("itm_head.weight: expected [2, 64], found []", failure.Message);
        Assert.Empty(Directory.GetDirectories(folder.Path, "package*"));
    }

    [Fact]
    public void Import_FilesMissing_NamesThem()
    {
        Assert.Equal("There is no checkpoint '/none'.", Error("/none"));
        var directory = CheckpointCopy.Write(Set, folder.File("c"));
        File.Delete(Path.Combine(directory, "config_bert.json"));
        Assert.Contains("config_bert.json' is missing; a checkpoint directory holds config.yaml", Error(directory));
        File.Delete(Path.Combine(directory, "pytorch_model.bin"));
        Assert.Contains("has no weights: neither pytorch_model.bin nor one file ending in .bin, .pth, .pt, .safetensors.", Error(directory));
        File.Delete(Path.Combine(directory, "vocab.txt"));
        File.WriteAllText(Path.Combine(directory, "pytorch_model.bin"), "x");
        Assert.Contains("has no vocab.txt", Error(directory));
    }

    [Fact]
    public void Import_ConfigurationWrong_AllFaultsAtOnce()
    {
        var directory = CheckpointCopy.Write(Set, folder.File("c"));
        var yaml = Path.Combine(directory, "config.yaml");
        File.WriteAllText(yaml, File.ReadAllText(yaml).Replace("image_res: 56", "image_res: large").Replace("embed_dim: 32\n", ""));

        var message = Error(directory);

        Assert.Contains("config.yaml: 'image_res' is 'large', expected a whole number from 1 to 4096", message);
        Assert.Contains("'embed_dim' is in neither config.yaml nor the BERT json", message);
    }

    [Theory]
    [InlineData("? &a [*a]\n: 1\n")]
    [InlineData("a: &b [1]\nb: &c [*b, *b]\nc: &d [*c, *c]\n? [*d, *d]\n: 1\n")]
    [InlineData("- just\n- a list\n")]
    [InlineData("")]
    public void Import_YamlThatIsNoConfiguration_AnErrorAndNoHang(string yaml)
    {
        var directory = CheckpointCopy.Write(Set, folder.File("c"));
        File.WriteAllText(Path.Combine(directory, "config.yaml"), yaml);

        Assert.Contains(directory, Error(directory));
    }

    [Fact]
    public void Import_YamlDeepOrLarge_AnErrorAndNoOverflow()
    {
        var directory = CheckpointCopy.Write(Set, folder.File("c"));
        File.WriteAllText(Path.Combine(directory, "config.yaml"), "a: " + new string('[', 30_000));
        Assert.Contains("config.yaml", Error(directory));
        File.WriteAllText(Path.Combine(directory, "config.yaml"), new string(' ', 40_000));
        Assert.Contains("has 40,000 bytes; a configuration has at most 32,768.", Error(directory));
    }

    [Theory]
    [InlineData("num_hidden_layers", "2000000000", "'num_hidden_layers' is '2000000000', expected a whole number from 1 to 256")]
    [InlineData("hidden_size", "1000000", "'hidden_size' is '1000000', expected a whole number from 1 to 65536")]
    [InlineData("layer_norm_eps", "1e999", "'layer_norm_eps' is '1e999', expected a number above 0")]
    [InlineData("num_attention_heads", "5", "hidden_size 64 is not a multiple of num_attention_heads 5")]
    public void Import_NumbersThatNoModelHas_Refused(string key, string value, string expected)
    {
        var directory = CheckpointCopy.Write(Set, folder.File("c"));
        var json = Path.Combine(directory, "config_bert.json");
        File.WriteAllText(json, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(json), $"(\"{key}\": )[^,\\s]+", $"${{1}}{value}"));

        Assert.Contains(expected, Error(directory));
    }

    [Fact]
    public void Import_LastVisionBlockMissing_NamedNotOverlooked()
    {
        var last = CheckpointCopy.Write(Set, folder.File("a"), rename: name => name.Contains("visual.transformer.resblocks.2.") ? null : name);
        var all = CheckpointCopy.Write(Set, folder.File("b"), rename: name => name.Contains("visual.transformer.resblocks.") ? null : name);
        var middle = CheckpointCopy.Write(Set, folder.File("c"), rename: name => name.Contains("visual.transformer.resblocks.1.") ? null : name);

        Assert.Contains("'clip_vision_layers' is 3, but the weights have 2 vision blocks", Error(last));
        Assert.Contains("and 0 vision blocks", Error(all));
        Assert.Contains("visual_encoder.visual.transformer.resblocks.1.attn.in_proj_weight: expected", Error(middle));
    }

    [Fact]
    public void Import_VocabularyThatDoesNotFit_Refused()
    {
        var directory = CheckpointCopy.Write(Set, folder.File("c"));
        var vocabulary = Path.Combine(directory, "vocab.txt");
        var lines = File.ReadAllLines(vocabulary);
        File.WriteAllLines(vocabulary, [.. lines, .. Enumerable.Range(0, 5000).Select(i => $"added{i}")]);
        Assert.Matches(@"has \d+ pieces, but the word embedding has only \d+ rows \(vocab_size\)", Error(directory));
        File.WriteAllLines(vocabulary, lines.Where(line => line != "[SEP]"));
        Assert.Contains("lacks the special tokens [SEP].", Error(directory));
        File.WriteAllLines(vocabulary, [.. lines, lines[7]]);
        Assert.Contains($"has '{lines[7]}' twice", Error(directory));
    }

    [Fact]
    public void Import_TargetNotEmpty_Refused()
    {
        Directory.CreateDirectory(folder.File("p"));
        File.WriteAllText(folder.File("p/keep"), "x");

        var failure = Assert.Throws<PackageException>(() => PackageBuilder.Import(Repository.Golden(Set), folder.File("p")));

        Assert.Equal($"'{folder.File("p")}' exists and is not empty; a package is written to a new directory.", failure.Message);
        Assert.Equal("x", File.ReadAllText(folder.File("p/keep")));
    }

    [Fact]
    public void Import_StoppedInTheMiddle_NothingLeft()
    {
        Assert.Throws<OperationCanceledException>(() =>
            PackageBuilder.Import(Repository.Golden(Set), folder.File("p"), progress: new Stop()));

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Random_SameSeed_SameFingerprintAndUsable()
    {
        PackageBuilder.Random(Repository.Golden(Set), folder.File("a"), seed: 3);
        PackageBuilder.Random(Repository.Golden(Set), folder.File("b"), seed: 3);
        PackageBuilder.Random(Repository.Golden(Set), folder.File("c"), seed: 4);

        var prints = new[] { "a", "b", "c" }.Select(name => ModelPackage.Open(folder.File(name)).Fingerprint).ToArray();
        Assert.Equal(prints[0], prints[1]);
        Assert.NotEqual(prints[0], prints[2]);
        using var engine = new OnnxInferenceEngine(ModelPackage.Open(folder.File("a")));
        var text = engine.EncodeTexts([[1, 2, 3]])[0];
        Assert.Equal(1, text.Embedding.Sum(x => x * x), 1e-5);
    }

    /// <summary>As AliceMind's files name things.</summary>
    static string AliceMindName(string name) => name
        .Replace("text_encoder.", "text_encoder.bert.", StringComparison.Ordinal)
        .Replace("text_encoder_m.", "text_encoder_m.bert.", StringComparison.Ordinal)
        .Replace("fusion_encoder.", "fusion_encoder.fusion.", StringComparison.Ordinal)
        .Replace("fusion_encoder_m.", "fusion_encoder_m.fusion.", StringComparison.Ordinal);

    ModelPackage Import(string checkpoint, TextConvention? convention = null)
    {
        var target = folder.File($"package-{Guid.NewGuid():N}");
        PackageBuilder.Import(checkpoint, target, convention);
        return ModelPackage.Open(target);
    }

    string Error(string checkpoint) => Assert.Throws<CheckpointException>(() => Import(checkpoint)).Message;

    sealed class Stop : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value)
        {
            if (value.Done > value.Total / 2)
                throw new OperationCanceledException();
        }
    }
}
