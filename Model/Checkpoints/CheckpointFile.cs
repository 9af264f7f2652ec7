namespace MplugCluster.Model.Checkpoints;

/// <summary>Opens weight files by what is in them, not by how they are called.</summary>
public static class CheckpointFile
{
    /// <summary>Opens a PyTorch zip file or a safetensors file.</summary>
    /// <exception cref="CheckpointException">The file is missing, damaged, or of another format; the message says which.</exception>
    public static ICheckpointFile Open(string path)
    {
        if (!File.Exists(path))
            throw new CheckpointException($"There is no file '{path}'.");
        var file = new StorageFile(path);
        try
        {
            var head = new byte[(int)Math.Min(16, file.Length)];
            file.Read(head, 0, "the first bytes");
            return head switch
            {
                [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..] => new PyTorchCheckpoint(file),
                [0x80, 2, (byte)'.' or (byte)0x8a, ..] => throw new CheckpointException(
                    $"'{path}' is in PyTorch's old format (before 1.6, not a zip). Save it again with "
                    + "torch.save(torch.load(path), new_path) in any current PyTorch."),
                [_, _, _, _, _, _, _, _, (byte)'{', ..] => new SafetensorsCheckpoint(file),
                _ => throw new CheckpointException(
                    $"'{path}' is neither a PyTorch zip file nor a safetensors file; it begins with {Convert.ToHexString(head)}."),
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
