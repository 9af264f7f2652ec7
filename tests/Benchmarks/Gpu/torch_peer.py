# The published model's two expensive parts in PyTorch, with random weights: the image encoder, and pairs as the reference scores them (each with its own
# copy of the picture, padded to 30 tokens). Called by TorchPeer.cs: torch_peer.py <device> <sizes as JSON>. Prints "name<TAB>milliseconds a unit".
import json
import statistics
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError:
    sys.exit(3)

device, sizes = sys.argv[1], json.loads(sys.argv[2])
if device.startswith("cuda") and not torch.cuda.is_available():
    sys.exit(3)
torch.manual_seed(1)
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False


def attend(query, key, value, heads):
    query, key, value = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (query, key, value))
    if hasattr(functional, "scaled_dot_product_attention"):
        mixed = functional.scaled_dot_product_attention(query, key, value)
    else:
        mixed = (query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5).softmax(-1) @ value
    return mixed.transpose(1, 2).flatten(-2)


class Attention(nn.Module):
    def __init__(self, width, heads, other=None):
        super().__init__()
        self.heads, other = heads, other or width
        self.query, self.key, self.value, self.out = nn.Linear(width, width), nn.Linear(other, width), nn.Linear(other, width), nn.Linear(width, width)

    def forward(self, x, y):
        return self.out(attend(self.query(x), self.key(y), self.value(y), self.heads))


class VisionLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.first, self.second, self.attention = nn.LayerNorm(width), nn.LayerNorm(width), Attention(width, heads)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        y = self.first(x)
        x = x + self.attention(y, y)
        y = self.up(self.second(x))
        return x + self.down(y * torch.sigmoid(1.702 * y))


class ImageEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        width, patch, tokens = sizes["vision_width"], sizes["patch"], sizes["image_tokens"]
        self.patches = nn.Conv2d(3, width, patch, patch, bias=False)
        self.first, self.places = nn.Parameter(torch.randn(width)), nn.Parameter(torch.randn(tokens, width))
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.layers = nn.ModuleList(VisionLayer(width, sizes["vision_heads"]) for _ in range(sizes["vision_layers"]))
        self.out = nn.Linear(width, sizes["hidden"])

    def forward(self, pixels):
        x = self.patches(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.first.expand(len(x), 1, -1), x], 1) + self.places
        x = self.before(x)
        for layer in self.layers:
            x = layer(x)
        return self.out(self.after(x))


class FusionLayer(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.own, self.cross = Attention(width, heads), Attention(width, heads)
        self.norms = nn.ModuleList(nn.LayerNorm(width, eps=1e-12) for _ in range(3))
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x, image):
        x = self.norms[0](x + self.own(x, x))
        x = self.norms[1](x + self.cross(x, image))
        return self.norms[2](x + self.down(functional.gelu(self.up(x))))


class PairScorer(nn.Module):
    def __init__(self):
        super().__init__()
        width = sizes["hidden"]
        self.layers = nn.ModuleList(FusionLayer(width, sizes["heads"], sizes["inner"]) for _ in range(sizes["fusion_layers"]))
        self.head = nn.Linear(width, 2)

    def forward(self, texts, images):
        for layer in self.layers:
            texts = layer(texts, images)
        return self.head(texts[:, 0])


def wait():
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def measure(name, units, work):
    for _ in range(3):
        work()
    times = []
    for _ in range(sizes["rounds"]):
        wait()
        start = time.perf_counter()
        work()
        wait()
        times.append(time.perf_counter() - start)
    print(f"{name}\t{1000 * statistics.median(times) / units}", flush=True)


def run(kind, dtype, compiled):
    side, hidden, tokens = sizes["side"], sizes["hidden"], sizes["image_tokens"]
    models = [model().to(device, dtype).eval() for model in (ImageEncoder, PairScorer)]
    encoder, scorer = [torch.compile(model) for model in models] if compiled else models
    for count in sizes["pictures"]:
        pixels = torch.randn(count, 3, side, side, device=device, dtype=dtype)
        measure(f"image encoder, {count} a run, PyTorch {kind}", count, lambda: encoder(pixels))
    pairs = sizes["pairs"]
    images = torch.randn(pairs, tokens, hidden, device=device, dtype=dtype)
    texts = torch.randn(pairs, 30, hidden, device=device, dtype=dtype)
    measure(f"pairs, reference's plan, {pairs} a run, PyTorch {kind}", pairs, lambda: scorer(texts, images))


with torch.inference_mode():
    run("fp32", torch.float32, False)
    if device.startswith("cuda"):
        run("fp16", torch.float16, False)
        run("fp16, compiled", torch.float16, True)
