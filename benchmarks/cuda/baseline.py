#!/usr/bin/env python3
"""PyTorch on a device, on what `FaasPS.Benchmarks device` has left in a model's folder: same weights, same inputs.

usage: baseline.py <model folder> <fp32|bf16|fp16> <cuda|cpu> <plain|eager|compiled> <repeats>

plain     the networks of ../pytorch_baseline.py as they are: attention holds the whole score matrix, norms in float32
eager     the same as it is run today: scaled_dot_product_attention, norms in the model's type, channels-last
compiled  eager through torch.compile, with CUDA graphs on CUDA

Prints "name=seconds" a repeat; the first call of each is warm-up (and where it is compiled) and not counted. Compares what it computes with
device-outputs.safetensors. Needs torch alone.
"""
import json
import sys
import time
import types

import torch
import torch.nn.functional as F

try:
    import yaml  # noqa: F401
except ImportError:
    sys.modules["yaml"] = types.ModuleType("yaml")  # the sizes come as JSON: what is imported next needs no YAML
import pytorch_baseline  # noqa: E402

STEPS = 50
GUIDANCE_SCALE = 9
BATCHES = (1, 2, 4, 8)
TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class Plain(pytorch_baseline.Model):
    def embed(self, prefix, t):
        # On t's device from the beginning.
        half = self.width // 2
        frequencies = torch.exp(torch.arange(half, device=t.device) * (-torch.log(torch.tensor(10000.0)).item() / half))
        angles = t.float()[:, None] * frequencies[None]
        x = torch.cat([angles.cos(), angles.sin()], -1).to(self.w[f"{prefix}.time_embed.0.weight"].dtype)
        return self.linear(f"{prefix}.time_embed.2", F.silu(self.linear(f"{prefix}.time_embed.0", x)))


class Eager(Plain):
    def group_norm(self, name, x, eps):
        return F.group_norm(x, 32, self.w[name + ".weight"], self.w[name + ".bias"], eps)

    def attention(self, name, x, context, heads):
        def split(y):
            return y.view(y.shape[0], y.shape[1], heads, -1).transpose(1, 2)

        q, k, v = (split(self.linear(f"{name}.to_{p}", source)) for p, source in (("q", x), ("k", context), ("v", context)))
        y = F.scaled_dot_product_attention(q, k, v)
        return self.linear(f"{name}.to_out.0", y.transpose(1, 2).reshape(x.shape))

    def vae_attention(self, name, x):
        n, c, h, w = x.shape
        y = self.group_norm(f"{name}.norm", x, 1e-6)
        q, k, v = (self.conv(f"{name}.{p}", y, padding=0).flatten(2).transpose(1, 2).unsqueeze(1) for p in "qkv")
        y = F.scaled_dot_product_attention(q, k, v)
        return x + self.conv(f"{name}.proj_out", y.squeeze(1).transpose(1, 2).reshape(n, c, h, w), padding=0)


def translate(model, step, decode, noise, context, hint, dtype):
    """DDIM with guidance from noise to a picture on the host."""
    first, last = model.betas
    alphas = (1 - torch.linspace(first ** 0.5, last ** 0.5, 1000, dtype=torch.float64) ** 2).cumprod(0).tolist()
    steps = list(reversed(range(1, 1000, 1000 // STEPS)))
    timesteps = torch.tensor(steps, device=noise.device)
    x = noise.float()
    for i, t in enumerate(steps):
        a, previous = alphas[t], alphas[steps[i + 1]] if i + 1 < len(steps) else alphas[0]
        both = torch.cat([x, x]).to(dtype).contiguous()
        unconditional, conditional = step(both, timesteps[i].expand(2), context, hint).float().chunk(2)
        epsilon = unconditional + GUIDANCE_SCALE * (conditional - unconditional)
        x0 = (x - (1 - a) ** 0.5 * epsilon) / a ** 0.5
        x = previous ** 0.5 * x0 + (1 - previous) ** 0.5 * epsilon
    return decode((x / model.scale_factor).to(dtype)).cpu()


def repeat(name, repeats, device, work):
    result = None
    for index in range(repeats + 1):
        finish(device)
        start = time.perf_counter()
        result = work()
        finish(device)
        if index:
            print(f"{name}={time.perf_counter() - start:.6f}", flush=True)
    return result


def finish(device):
    if device == "cuda":
        torch.cuda.synchronize()


def compiled(model, device):
    # The weights stay where they are: a CUDA graph need not copy them in.
    mark = getattr(torch._dynamo, "mark_static_address", None)
    if mark:
        for weight in model.w.values():
            mark(weight)
    mode = "reduce-overhead" if device == "cuda" else "default"
    step, decode = (torch.compile(part, mode=mode, dynamic=False) for part in (model.step, model.decode))
    # A graph's results are overwritten by its next run.
    return (lambda *inputs: step(*inputs).clone()), (lambda z: decode(z).clone())


def main(folder, type_name, device, variant, repeats):
    dtype = TYPES[type_name]
    if variant == "compiled" and not hasattr(torch, "compile"):
        sys.exit(f"PyTorch {torch.__version__} has no torch.compile")
    if variant != "plain" and not hasattr(F, "scaled_dot_product_attention"):
        sys.exit(f"PyTorch {torch.__version__} has no scaled_dot_product_attention")
    with open(f"{folder}/device-sizes.json") as file:
        sizes = json.load(file)

    def place(weight):
        weight = weight.to(device, dtype)
        return weight.contiguous(memory_format=torch.channels_last) if weight.dim() == 4 and variant != "plain" else weight

    start = time.perf_counter()
    weights = {name: place(weight) for name, weight in pytorch_baseline.read_safetensors(f"{folder}/model.safetensors").items()}
    finish(device)
    print(f"load={time.perf_counter() - start:.6f}")
    model = (Plain if variant == "plain" else Eager)(weights, sizes)
    step, decode = compiled(model, device) if variant == "compiled" else (model.step, model.decode)
    inputs = {name: value.to(device) for name, value in pytorch_baseline.read_safetensors(f"{folder}/device-inputs.safetensors").items()}

    def first(count):
        return (inputs[name][:count].to(dtype) for name in ("x", "context", "hint"))

    outputs = {}
    with torch.no_grad() if variant == "compiled" else torch.inference_mode():
        for batch in BATCHES if variant != "compiled" else BATCHES[:1]:  # each size is compiled anew, which takes minutes
            x, context, hint = first(2 * batch)
            t = torch.tensor([501], device=device).expand(2 * batch)
            epsilon = repeat(f"step of {batch}", repeats, device, lambda: step(x, t, context, hint))
            if batch == 1:
                outputs["epsilon"] = epsilon.float().cpu()
        x, context, hint = first(2)
        outputs["image"] = repeat("decode", repeats, device, lambda: decode(x[:1])).float().cpu()
        repeat("translation", repeats, device,
               lambda: translate(model, step, decode, inputs["x"][:1], context, hint, dtype))
    ours = pytorch_baseline.read_safetensors(f"{folder}/device-outputs.safetensors")
    for name, value in outputs.items():
        print(f"{name} differs by={((ours[name] - value).norm() / value.norm()).item():.3g}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
