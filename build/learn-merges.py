#!/usr/bin/env python3
"""Writes models/demo/tokenizer/merges.txt: 86 merges, which with the 512 byte tokens and the two special ones make the 600 tokens
of the small demo models. Plain byte-pair encoding (Sennrich et al. 2016) over the prompts below: join the most frequent pair of
neighbours within words, again and again; the smaller pair where two are as frequent."""
import collections
import pathlib
import re

MERGES = 86
TARGET = pathlib.Path(__file__).resolve().parent.parent / "models" / "demo" / "tokenizer" / "merges.txt"
PROMPTS = """
a photo of a mountain lake in autumn
a photo of a city street at night in the rain
a watercolor painting of a small village by the sea
an oil painting of a sailing ship in a storm
a pencil sketch of an old man with a beard
a pencil drawing of a cathedral
a cat sleeping on a windowsill in the morning light
a dog running through a field of yellow flowers
a bowl of fruit on a wooden table, still life, oil on canvas
a portrait of a young woman with red hair, soft light
a snowy forest at sunrise, mist between the trees
the same street in winter, covered with snow
a desert road under a starry sky
a steaming cup of coffee beside an open book
a lighthouse on a rocky coast, crashing waves
a bridge over a quiet river, impressionist style
an astronaut in a white suit, standing on the moon
a rocket on its launch pad at dawn
a marble statue in the style of ancient greece
a japanese woodblock print of a great wave
a cartoon of a smiling robot
a comic book drawing of a detective in the dark
a kitchen with green tiles and copper pans
a wooden cabin beside a frozen lake
a tiger walking through tall grass
an owl on a branch under the full moon
a garden with roses and a stone path, spring morning
a market with colorful fruit and vegetables
an old train crossing a viaduct in the mountains
a castle on a hill, evening light, dramatic clouds
a glass of water with a slice of lemon, studio lighting
a black and white photo of a crowded station
a stained glass window with birds and flowers
a mosaic of a fish
an embroidery of a bird on a branch
a neon sign above a small bar
a clay figure of an elephant
a paper cut of a dancing couple
a hot air balloon over green hills
two children flying a kite on the beach
""".strip().split("\n")


def join(word, pair):
    out = []
    for symbol in word:
        if out and (out[-1], symbol) == pair and not out[-1].endswith("</w>"):
            out[-1] += symbol
        else:
            out.append(symbol)
    return tuple(out)


words = collections.Counter(word for prompt in PROMPTS for word in re.findall(r"[a-z]+|[^\sa-z]+", prompt))
words = {(*word[:-1], word[-1] + "</w>"): count for word, count in words.items()}
merges = []
while len(merges) < MERGES:
    pairs = collections.Counter()
    for word, count in words.items():
        for pair in zip(word, word[1:]):
            pairs[pair] += count
    best = min(pairs, key=lambda pair: (-pairs[pair], pair))
    merges.append(best)
    words = {join(word, best): count for word, count in words.items()}

TARGET.parent.mkdir(parents=True, exist_ok=True)
header = "#version: 0.2 (86 merges over the prompts in build/learn-merges.py; not CLIP's vocabulary)"
TARGET.write_text("\n".join([header, *(" ".join(pair) for pair in merges)]) + "\n", encoding="ascii")
