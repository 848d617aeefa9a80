#!/usr/bin/env python3
"""The same networks in plain PyTorch, timed on the same weights and inputs as FaasPS.

usage: pytorch_baseline.py <model folder> <fp32|bf16> <repeats> <translation steps> <threads> <parts>

Reads model.safetensors, model_config.yaml and measure-inputs.safetensors from the folder (made by FaasPS.Benchmarks), prints "name=seconds"
lines, and compares what it computes with measure-outputs-*.safetensors. The layers follow FCDiffusion: attention holds the whole score
matrix, and the control branch and the U-Net do everything at every step. The parts are main's; step, control and unet are calls with
guidance (batch 2).
"""
import json
import math
import os
import resource
import struct
import sys
import time

import torch
import torch.nn.functional as F
import yaml

DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64}


def read_safetensors(path):
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        start = 8 + length
        tensors = {}
        for name, info in header.items():
            if name == "__metadata__":
                continue
            begin, end = info["data_offsets"]
            file.seek(start + begin)
            data = bytearray(file.read(end - begin))
            tensors[name] = torch.frombuffer(data, dtype=DTYPES[info["dtype"]]).view(info["shape"])
        return tensors


class Layers:
    """Functional layers over a flat dictionary of weights."""

    def __init__(self, weights):
        self.w = weights

    def conv(self, name, x, stride=1, padding=1):
        return F.conv2d(x, self.w[name + ".weight"], self.w[name + ".bias"], stride=stride, padding=padding)

    def linear(self, name, x):
        return F.linear(x, self.w[name + ".weight"], self.w.get(name + ".bias"))

    def group_norm(self, name, x, eps):
        # In float32 whatever the type, as ldm's GroupNorm32.
        y = F.group_norm(x.float(), 32, self.w[name + ".weight"].float(), self.w[name + ".bias"].float(), eps)
        return y.to(x.dtype)

    def layer_norm(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self.w[name + ".weight"], self.w[name + ".bias"])

    def attention(self, name, x, context, heads):
        def split(y):
            return y.view(y.shape[0], y.shape[1], heads, -1).transpose(1, 2).reshape(y.shape[0] * heads, y.shape[1], -1)

        q, k, v = (split(self.linear(f"{name}.to_{p}", source)) for p, source in (("q", x), ("k", context), ("v", context)))
        # In the model's type: ldm takes float32 for the scores, which doubles the time of a bf16 step.
        scores = torch.baddbmm(q.new_zeros(1), q, k.transpose(1, 2), beta=0, alpha=q.shape[-1] ** -0.5)
        y = torch.bmm(scores.softmax(-1), v)
        y = y.view(x.shape[0], heads, x.shape[1], -1).transpose(1, 2).reshape(x.shape)
        return self.linear(f"{name}.to_out.0", y)

    def transformer(self, name, x, context, head_channels):
        n, c, h, w = x.shape
        y = self.group_norm(f"{name}.norm", x, 1e-6).view(n, c, h * w).transpose(1, 2)
        y = self.linear(f"{name}.proj_in", y)
        block = f"{name}.transformer_blocks.0"
        z = self.layer_norm(f"{block}.norm1", y)
        y = y + self.attention(f"{block}.attn1", z, z, c // head_channels)
        y = y + self.attention(f"{block}.attn2", self.layer_norm(f"{block}.norm2", y), context, c // head_channels)
        value, gate = self.linear(f"{block}.ff.net.0.proj", self.layer_norm(f"{block}.norm3", y)).chunk(2, -1)
        y = y + self.linear(f"{block}.ff.net.2", value * F.gelu(gate))
        return x + self.linear(f"{name}.proj_out", y).transpose(1, 2).reshape(n, c, h, w)

    def res_block(self, name, x, emb):
        h = self.conv(f"{name}.in_layers.2", F.silu(self.group_norm(f"{name}.in_layers.0", x, 1e-5)))
        h = h + self.linear(f"{name}.emb_layers.1", F.silu(emb))[:, :, None, None]
        h = self.conv(f"{name}.out_layers.3", F.silu(self.group_norm(f"{name}.out_layers.0", h, 1e-5)))
        return h + (self.conv(f"{name}.skip_connection", x, padding=0) if f"{name}.skip_connection.weight" in self.w else x)

    def vae_block(self, name, x):
        h = self.conv(f"{name}.conv1", F.silu(self.group_norm(f"{name}.norm1", x, 1e-6)))
        h = self.conv(f"{name}.conv2", F.silu(self.group_norm(f"{name}.norm2", h, 1e-6)))
        return h + (self.conv(f"{name}.nin_shortcut", x, padding=0) if f"{name}.nin_shortcut.weight" in self.w else x)

    def vae_attention(self, name, x):
        n, c, h, w = x.shape
        y = self.group_norm(f"{name}.norm", x, 1e-6)
        q, k, v = (self.conv(f"{name}.{p}", y, padding=0).view(n, c, h * w) for p in "qkv")
        scores = torch.bmm(q.transpose(1, 2), k) * c ** -0.5
        y = torch.bmm(v, scores.softmax(-1).transpose(1, 2)).view(n, c, h, w)
        return x + self.conv(f"{name}.proj_out", y, padding=0)


class Model(Layers):
    def __init__(self, weights, config):
        super().__init__(weights)
        parameters = config["model"]["params"]
        self.betas = parameters["linear_start"], parameters["linear_end"]
        self.scale_factor = parameters["scale_factor"]
        unet = config["model"]["params"]["unet_config"]["params"]
        self.width = unet["model_channels"]
        self.head_channels = unet["num_head_channels"]
        text = config["model"]["params"]["cond_stage_config"].get("params") or {}
        count = sum(name.startswith("cond_stage_model.") and name.endswith(".ln_1.weight") for name in weights)
        self.text_blocks = count - (text.get("layer") == "penultimate")
        self.vae_levels = len(config["model"]["params"]["first_stage_config"]["params"]["ddconfig"]["ch_mult"])

    def embed(self, prefix, t):
        half = self.width // 2
        angles = t.float()[:, None] * torch.exp(torch.arange(half) * (-math.log(10000) / half))[None]
        x = torch.cat([angles.cos(), angles.sin()], -1).to(self.w[f"{prefix}.time_embed.0.weight"].dtype)
        return self.linear(f"{prefix}.time_embed.2", F.silu(self.linear(f"{prefix}.time_embed.0", x)))

    def block(self, name, h, emb, context):
        """Whatever lies under input_blocks.i or output_blocks.i."""
        index = 0
        while True:
            part = f"{name}.{index}"
            if f"{part}.in_layers.0.weight" in self.w:
                h = self.res_block(part, h, emb)
            elif f"{part}.proj_in.weight" in self.w:
                h = self.transformer(part, h, context, self.head_channels)
            elif f"{part}.op.weight" in self.w:
                h = self.conv(f"{part}.op", h, stride=2)
            elif f"{part}.conv.weight" in self.w:
                h = self.conv(f"{part}.conv", F.interpolate(h, scale_factor=2))
            else:
                return h
            index += 1

    def encode(self, prefix, h, emb, context):
        outputs, index = [h], 1
        while f"{prefix}.input_blocks.{index}.0.in_layers.0.weight" in self.w or f"{prefix}.input_blocks.{index}.0.op.weight" in self.w:
            h = self.block(f"{prefix}.input_blocks.{index}", h, emb, context)
            outputs.append(h)
            index += 1
        return outputs, self.block(f"{prefix}.middle_block", h, emb, context)

    def control(self, x, t, context, hint):
        p = "control_model"
        features = F.silu(self.conv(f"{p}.input_hint_block.0", hint))
        h = self.conv(f"{p}.input_blocks.0.0", x)
        h = h * (1 + self.conv(f"{p}.hint_mul", features, padding=0)) + self.conv(f"{p}.hint_add", features, padding=0)
        outputs, middle = self.encode(p, h, self.embed(p, t), context)

        def pair(name, features):
            return tuple(self.conv(f"{p}.{name.format(kind)}.0", features, padding=0) for kind in ("add", "mul"))

        return [pair(f"zero_convs_{{}}.{i}", output) for i, output in enumerate(outputs)] + [pair("middle_block_out_{}", middle)]

    def unet(self, x, t, context, pairs=None):
        def controlled(h):
            if pairs is None:
                return h
            add, mul = pairs.pop()
            return h * (1 + mul) + add

        p = "model.diffusion_model"
        emb = self.embed(p, t)
        outputs, h = self.encode(p, self.conv(f"{p}.input_blocks.0.0", x), emb, context)
        h = controlled(h)
        for index in range(len(outputs)):
            h = self.block(f"{p}.output_blocks.{index}", torch.cat([h, controlled(outputs.pop())], 1), emb, context)
        return self.conv(f"{p}.out.2", F.silu(self.group_norm(f"{p}.out.0", h, 1e-5)))

    def step(self, x, t, context, hint):
        return self.unet(x, t, context, self.control(x, t, context, hint))

    def text(self, tokens):
        p = "cond_stage_model.model"
        x = self.w[f"{p}.token_embedding.weight"][tokens] + self.w[f"{p}.positional_embedding"]
        n, length, width = x.shape
        heads = width // 64 if width >= 256 else 4
        mask = torch.full((length, length), -math.inf, dtype=x.dtype).triu(1)
        for index in range(self.text_blocks):
            block = f"{p}.transformer.resblocks.{index}"
            y = self.layer_norm(f"{block}.ln_1", x)
            qkv = F.linear(y, self.w[f"{block}.attn.in_proj_weight"], self.w[f"{block}.attn.in_proj_bias"])
            q, k, v = qkv.view(n, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
            y = (q @ k.transpose(-1, -2) * (width // heads) ** -0.5 + mask).softmax(-1) @ v
            x = x + self.linear(f"{block}.attn.out_proj", y.transpose(1, 2).reshape(n, length, width))
            x = x + self.linear(f"{block}.mlp.c_proj", F.gelu(self.linear(f"{block}.mlp.c_fc", self.layer_norm(f"{block}.ln_2", x))))
        return self.layer_norm(f"{p}.ln_final", x)

    def encode_image(self, image):
        p = "first_stage_model"
        h = self.conv(f"{p}.encoder.conv_in", image)
        for level in range(self.vae_levels):
            index = 0
            while f"{p}.encoder.down.{level}.block.{index}.norm1.weight" in self.w:
                h = self.vae_block(f"{p}.encoder.down.{level}.block.{index}", h)
                index += 1
            if level < self.vae_levels - 1:
                h = self.conv(f"{p}.encoder.down.{level}.downsample.conv", F.pad(h, (0, 1, 0, 1)), stride=2, padding=0)
        h = self.vae_block(f"{p}.encoder.mid.block_1", h)
        h = self.vae_attention(f"{p}.encoder.mid.attn_1", h)
        h = self.vae_block(f"{p}.encoder.mid.block_2", h)
        h = self.conv(f"{p}.encoder.conv_out", F.silu(self.group_norm(f"{p}.encoder.norm_out", h, 1e-6)))
        return self.conv(f"{p}.quant_conv", h, padding=0).chunk(2, 1)[0]

    def translate(self, tokens, image, noise, steps):
        """DDIM with guidance 9; the image's whole latent is the hint, as in FaasPS.Benchmarks' Translation."""
        context = self.text(tokens)
        z0 = self.encode_image(image).float() * self.scale_factor
        hint = torch.cat([z0, z0]).to(context.dtype)
        first, last = self.betas
        alpha_bar = (1 - torch.linspace(first ** 0.5, last ** 0.5, 1000, dtype=torch.float64) ** 2).cumprod(0)
        timesteps = [i * 1000 // steps + 1 for i in range(steps)]
        x = noise
        for i in reversed(range(steps)):
            t = torch.full((2,), timesteps[i])
            unguided, guided = self.step(torch.cat([x, x]).to(context.dtype), t, context, hint).float().chunk(2)
            epsilon = unguided + 9 * (guided - unguided)
            a, previous = alpha_bar[timesteps[i]].item(), alpha_bar[timesteps[i - 1] if i else 0].item()
            x = previous ** 0.5 * (x - (1 - a) ** 0.5 * epsilon) / a ** 0.5 + (1 - previous) ** 0.5 * epsilon
        return self.decode((x / self.scale_factor).to(context.dtype))

    def decode(self, z):
        p = "first_stage_model"
        h = self.conv(f"{p}.decoder.conv_in", self.conv(f"{p}.post_quant_conv", z, padding=0))
        h = self.vae_block(f"{p}.decoder.mid.block_1", h)
        h = self.vae_attention(f"{p}.decoder.mid.attn_1", h)
        h = self.vae_block(f"{p}.decoder.mid.block_2", h)
        for level in reversed(range(self.vae_levels)):
            index = 0
            while f"{p}.decoder.up.{level}.block.{index}.norm1.weight" in self.w:
                h = self.vae_block(f"{p}.decoder.up.{level}.block.{index}", h)
                index += 1
            if level:
                h = self.conv(f"{p}.decoder.up.{level}.upsample.conv", F.interpolate(h, scale_factor=2))
        return self.conv(f"{p}.decoder.conv_out", F.silu(self.group_norm(f"{p}.decoder.norm_out", h, 1e-6)))


def timed(name, work):
    start = time.perf_counter()
    result = work()
    print(f"{name}={time.perf_counter() - start:.4f}", flush=True)
    return result


def main(folder, type_name, repeats, steps, threads, names):
    torch.set_num_threads(threads)
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[type_name]
    print(f"threads={torch.get_num_threads()}")
    with open(f"{folder}/model_config.yaml") as file:
        config = yaml.safe_load(file)
    weights = timed("load", lambda: {k: v.to(dtype) for k, v in read_safetensors(f"{folder}/model.safetensors").items()})
    model = Model(weights, config)
    inputs = read_safetensors(f"{folder}/measure-inputs.safetensors")
    x, context, hint, image = (inputs[name].to(dtype) for name in ("x", "context", "hint", "image"))
    t = inputs["timestep"].expand(2)
    parts = {
        "step": lambda: model.step(x, t, context, hint),
        "control": lambda: model.control(x, t, context, hint)[-1][0],
        "unet": lambda: model.unet(x, t, context),
        "text": lambda: model.text(inputs["tokens"]),
        "encode": lambda: model.encode_image(image),
        "decode": lambda: model.decode(x[:1]),
        "translation": lambda: model.translate(inputs["tokens"], image, inputs["noise"], steps),
    }
    outputs = {}
    with torch.inference_mode():
        for _ in range(repeats):
            for name in names:
                outputs[name] = timed(name, parts[name])
    print(f"peak_memory_bytes={resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}")
    ours = read_safetensors(f"{folder}/measure-outputs-{ {'fp32': 'Float32', 'bf16': 'BFloat16'}[type_name]}.safetensors")
    for name, value in outputs.items():
        value = value.float()
        print(f"{name}_relative_difference={((ours[name] - value).norm() / value.norm()).item():.3g}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), sys.argv[6:])
