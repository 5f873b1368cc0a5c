#!/usr/bin/env python3
"""Turns a CTranslate2 Whisper model into the pack that `eva engine` loads.

usage: whisper_to_onnx.py SOURCE_FOLDER PACK_FOLDER

SOURCE_FOLDER holds model.bin, config.json and tokenizer.json as published for faster-whisper.
PACK_FOLDER gets
  encoder.onnx  mel [1, n_mels, frames] -> per text layer cross_k_<i> [1, heads, width, 1500] and
                cross_v_<i> [1, heads, 1500, width]. Short audio is completed to 1500 positions
                with the encoding of silence: without it the decoder never ends its text.
  decoder.onnx  tokens [1, n], the cross values and per layer past_k_<i>, past_v_<i> [1, past, state]
                -> logits [1, n, vocabulary], the n new rows new_k_<i>, new_v_<i>, which the
                caller appends to its past, and alignment [1, n, 1500]: how much each token looks at
                each position of the audio (mean of the heads that follow the words).
  tokens.txt    base64(bytes of the token), blank, id: one line per text token
  whisper.json  sizes and special tokens
Weights are int8 with one scale per output column, activations are quantised while running.
"""
import argparse
import base64
import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

from ctranslate2_file import read_weights
from onnx_graph import MICROSOFT, Graph, floats, int64s, quantise_columns

AUDIO_POSITIONS = 1500  # 30 s
MEL_FRAMES = 2 * AUDIO_POSITIONS
SILENT_MEL = -0.6  # what pauses look like after Whisper's normalisation of ordinary speech
MASKED = -1e9
# Doubt above which text counts as invented (src/engine/speech_guard.h), set between the noise and the
# spoken letters, digits and sentences of the measurements in docs/engines.md.
NO_SPEECH_THRESHOLD_ENGLISH = 0.56
NO_SPEECH_THRESHOLD_MULTILINGUAL = 0.70


class Whisper:
    """The weights by role, as float32, and the sizes that follow from them."""

    def __init__(self, weights: dict[str, np.ndarray]):
        self.weights = weights
        self.state, self.n_mels = weights["encoder/conv1/weight"].shape[:2]
        self.heads = int(weights["encoder/num_heads"])
        self.width = self.state // self.heads
        self.encoder_layers = self._layers("encoder")
        self.decoder_layers = self._layers("decoder")
        self.vocabulary = weights["decoder/embeddings/weight"].shape[0]
        self.text_positions = weights["decoder/position_encodings/encodings"].shape[0]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.weights[name].astype(np.float32)

    def linear(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        return self[name + "/weight"], self[name + "/bias"]

    def norm(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        return self[name + "/gamma"], self[name + "/beta"]

    def _layers(self, side: str) -> int:
        layer = 0
        while f"{side}/layer_{layer}/self_attention/linear_0/weight" in self.weights:
            layer += 1
        return layer


def cross_names(model: Whisper) -> list[str]:
    return [f"cross_{part}_{layer}" for layer in range(model.decoder_layers) for part in ("k", "v")]


def cross_values(model: Whisper, positions) -> list:
    shapes = {"k": [1, model.heads, model.width, positions], "v": [1, model.heads, positions, model.width]}
    return [floats(name, shapes[name[len("cross_")]]) for name in cross_names(model)]


def split_heads(graph: Graph, model: Whisper, x: str, order: tuple) -> str:
    """[1, n, state] to heads; order permutes (batch, position, head, width)."""
    shape = graph.integers(0, 0, model.heads, model.width)
    return graph.op("Transpose", [graph.op("Reshape", [x, shape])], perm=list(order))


def join_heads(graph: Graph, model: Whisper, x: str) -> str:
    joined = graph.op("Transpose", [x], perm=[0, 2, 1, 3])
    return graph.op("Reshape", [joined, graph.integers(0, 0, model.state)])


def feed_forward(graph: Graph, model: Whisper, x: str, name: str) -> str:
    y = graph.layer_norm(x, *model.norm(name + "/layer_norm"))
    y = graph.op("Gelu", [graph.linear(y, *model.linear(name + "/linear_0"))])
    return graph.op("Add", [x, graph.linear(y, *model.linear(name + "/linear_1"))])


def build_encoder(model: Whisper, silence: list[np.ndarray] | None, path: Path) -> None:
    """silence: the cross values of 30 s without sound; None: encode in float, without completion."""
    graph = Graph(quantised=silence is not None)
    x = "mel"
    for name, stride in (("encoder/conv1", 1), ("encoder/conv2", 2)):
        weight, bias = (graph.constant(array) for array in model.linear(name))
        x = graph.op("Conv", [x, weight, bias], pads=[1, 1], kernel_shape=[3], strides=[stride])
        x = graph.op("Gelu", [x])
    x = graph.op("Transpose", [x], perm=[0, 2, 1])
    length = graph.size(x, 1)
    positions = graph.constant(model["encoder/position_encodings/encodings"])
    x = graph.op("Add", [x, graph.slice(positions, graph.integers(0), length, 0)])
    for layer in range(model.encoder_layers):
        name = f"encoder/layer_{layer}/self_attention"
        y = graph.layer_norm(x, *model.norm(name + "/layer_norm"))
        y = graph.linear(y, *model.linear(name + "/linear_0"))
        query_key_value = graph.op("Split", [y, graph.integers(*[model.state] * 3)], outputs=3, axis=2)
        y = graph.op("MultiHeadAttention", query_key_value, num_heads=model.heads, domain=MICROSOFT)
        x = graph.op("Add", [x, graph.linear(y, *model.linear(name + "/linear_1"))])
        x = feed_forward(graph, model, x, f"encoder/layer_{layer}/ffn")
    x = graph.layer_norm(x, *model.norm("encoder/layer_norm"))

    for layer in range(model.decoder_layers):
        both = graph.linear(x, *model.linear(f"decoder/layer_{layer}/attention/linear_1"))
        both = graph.op("Split", [both, graph.integers(model.state, model.state)], outputs=2, axis=2)
        # The layouts that the decoder's two matrix products want, so that no step transposes.
        for index, (part, order, time_axis) in enumerate((("k", (0, 2, 3, 1), 3), ("v", (0, 2, 1, 3), 2))):
            output = f"cross_{part}_{layer}"
            if silence is None:
                graph.op("Identity", [split_heads(graph, model, both[index], order)], output)
                continue
            filler = graph.op("Cast", [graph.constant(silence[2 * layer + index].astype(np.float16))], to=1)
            filler = graph.slice(filler, length, graph.integers(AUDIO_POSITIONS), time_axis)
            graph.op("Concat", [split_heads(graph, model, both[index], order), filler], output, axis=time_axis)
    positions = "positions" if silence is None else AUDIO_POSITIONS
    graph.save(path, [floats("mel", [1, model.n_mels, "frames"])], cross_values(model, positions))


def encode_silence(model: Whisper) -> list[np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "encoder.onnx"
        build_encoder(model, None, path)
        mel = np.full((1, model.n_mels, MEL_FRAMES), SILENT_MEL, np.float32)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the number of threads changes the last bits of the pack
        return onnxruntime.InferenceSession(path, options).run(cross_names(model), {"mel": mel})


def attend(graph: Graph, model: Whisper, query: str, keys: str, values: str, mask: str | None) -> tuple[str, str]:
    """keys [1, heads, width, n], values [1, heads, n, width]; the query is already scaled. Returns the
    result and the attention, [1, heads, queries, n]."""
    scores = graph.op("MatMul", [split_heads(graph, model, query, (0, 2, 1, 3)), keys])
    if mask:
        scores = graph.op("Add", [scores, mask])
    attention = graph.op("Softmax", [scores], axis=-1)
    return join_heads(graph, model, graph.op("MatMul", [attention, values])), attention


def build_decoder(model: Whisper, alignment_heads: list, path: Path) -> None:
    graph = Graph(quantised=True)
    scale = model.width**-0.5
    past = graph.size("past_k_0", 1)
    end = graph.op("Add", [past, graph.size("tokens", 1)])

    # One int8 table [state, vocabulary] serves the lookup and the final product.
    table, table_scales = (graph.constant(a) for a in quantise_columns(model["decoder/embeddings/weight"].T))
    looked_up = graph.op("Cast", [graph.op("Gather", [table, "tokens"], axis=1)], to=1)  # [state, 1, n]
    looked_up = graph.op("Mul", [looked_up, graph.op("Gather", [table_scales, "tokens"])])
    x = graph.op("Transpose", [looked_up], perm=[1, 2, 0])
    positions = graph.constant(model["decoder/position_encodings/encodings"])
    x = graph.op("Add", [x, graph.slice(positions, past, end, 0)])
    size = model.text_positions
    causal = graph.constant(np.triu(np.full((size, size), MASKED, np.float32), 1))
    mask = graph.slice(graph.slice(causal, past, end, 0), graph.integers(0), end, 1)

    followers = []  # attention of the alignment heads, one value per layer that has some
    for layer in range(model.decoder_layers):
        name = f"decoder/layer_{layer}/self_attention"
        y = graph.layer_norm(x, *model.norm(name + "/layer_norm"))
        weight, bias = (array.copy() for array in model.linear(name + "/linear_0"))
        weight[: model.state] *= scale
        bias[: model.state] *= scale
        parts = graph.op("Split", [graph.linear(y, weight, bias), graph.integers(*[model.state] * 3)], outputs=3, axis=2)
        key = graph.op("Identity", [parts[1]], f"new_k_{layer}")
        value = graph.op("Identity", [parts[2]], f"new_v_{layer}")
        keys = graph.op("Concat", [f"past_k_{layer}", key], axis=1)
        values = graph.op("Concat", [f"past_v_{layer}", value], axis=1)
        y, _ = attend(graph, model, parts[0], split_heads(graph, model, keys, (0, 2, 3, 1)),
                      split_heads(graph, model, values, (0, 2, 1, 3)), mask)
        x = graph.op("Add", [x, graph.linear(y, *model.linear(name + "/linear_1"))])

        name = f"decoder/layer_{layer}/attention"
        y = graph.layer_norm(x, *model.norm(name + "/layer_norm"))
        weight, bias = model.linear(name + "/linear_0")
        query = graph.linear(y, weight * scale, bias * scale)
        y, attention = attend(graph, model, query, f"cross_k_{layer}", f"cross_v_{layer}", None)
        if heads := [head for of_layer, head in alignment_heads if of_layer == layer]:
            followers.append(graph.op("Gather", [attention, graph.integers(*heads)], axis=1))
        x = graph.op("Add", [x, graph.linear(y, *model.linear(name + "/linear_2"))])
        x = feed_forward(graph, model, x, f"decoder/layer_{layer}/ffn")
    x = graph.layer_norm(x, *model.norm("decoder/layer_norm"))
    graph.int8_product(x, table, table_scales, output="logits")
    together = graph.op("Concat", followers, axis=1)
    graph.op("ReduceMean", [together, graph.integers(1)], "alignment", keepdims=0)

    rows = [f"{part}_{layer}" for layer in range(model.decoder_layers) for part in ("k", "v")]
    graph.save(
        path,
        [int64s("tokens", [1, "n"])]
        + cross_values(model, AUDIO_POSITIONS)
        + [floats("past_" + row, [1, "past", model.state]) for row in rows],
        [floats("logits", [1, "n", model.vocabulary]), floats("alignment", [1, "n", AUDIO_POSITIONS])]
        + [floats("new_" + row, [1, "n", model.state]) for row in rows],
    )


def byte_of_symbol() -> dict[str, int]:
    """The printable stand-ins that byte-level BPE vocabularies use for bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {chr(byte): byte for byte in printable}
    table.update({chr(256 + index): byte for index, byte in enumerate(others)})
    return table


def write_tokens(tokenizer: dict, end_of_text: int, path: Path) -> None:
    symbols = byte_of_symbol()
    lines = []
    for token, number in sorted(tokenizer["model"]["vocab"].items(), key=lambda item: item[1]):
        if token and number < end_of_text:  # base's vocabulary has an empty token
            content = bytes(symbols[symbol] for symbol in token)
            lines.append(f"{base64.b64encode(content).decode()} {number}\n")
    path.write_text("".join(lines))


def describe(model: Whisper, config: dict, tokenizer: dict, digest: str) -> dict:
    ids = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    start, end_of_text = ids["<|startoftranscript|>"], ids["<|endoftext|>"]
    multilingual = model.vocabulary >= 51865
    languages = {name[2:-2]: number for name, number in ids.items() if start < number < ids["<|translate|>"]}
    return {
        "format": 1,
        "licence": "MIT (OpenAI Whisper)",
        "source_model_sha256": digest,
        "n_mels": model.n_mels,
        "vocabulary": model.vocabulary,
        "text_layers": model.decoder_layers,
        "text_state": model.state,
        "text_positions": model.text_positions,
        "start_of_transcript": start,
        "end_of_text": end_of_text,
        "transcribe": ids["<|transcribe|>"],
        "no_timestamps": ids["<|notimestamps|>"],
        "no_speech": ids.get("<|nospeech|>", ids.get("<|nocaptions|>")),
        "no_speech_threshold": NO_SPEECH_THRESHOLD_MULTILINGUAL if multilingual else NO_SPEECH_THRESHOLD_ENGLISH,
        "languages": languages if multilingual else {},
        # Every id above end_of_text is special and never text; these are the others to avoid.
        "suppress": [number for number in config["suppress_ids"] if 0 <= number < end_of_text],
        "suppress_first": config["suppress_ids_begin"],
        "alignment": True,  # the decoder has that output
    }


def convert(source: Path, pack: Path) -> None:
    weights_file = source / "model.bin"
    model = Whisper(read_weights(weights_file, "WhisperSpec"))
    config = json.loads((source / "config.json").read_text())
    tokenizer = json.loads((source / "tokenizer.json").read_text())
    description = describe(model, config, tokenizer, hashlib.sha256(weights_file.read_bytes()).hexdigest())

    pack.mkdir(parents=True, exist_ok=True)
    build_encoder(model, encode_silence(model), pack / "encoder.onnx")
    build_decoder(model, config["alignment_heads"], pack / "decoder.onnx")
    write_tokens(tokenizer, description["end_of_text"], pack / "tokens.txt")
    # Last, so that a folder with it is a complete pack.
    (pack / "whisper.json").write_text(json.dumps(description, indent=1) + "\n")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Whisper (CTranslate2) to an Eva pack")
    arguments.add_argument("source", type=Path, help="folder with model.bin, config.json, tokenizer.json")
    arguments.add_argument("pack", type=Path, help="folder to write, e.g. whisper-tiny.en-int8")
    parsed = arguments.parse_args()
    convert(parsed.source, parsed.pack)
