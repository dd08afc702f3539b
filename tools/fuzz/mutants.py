"""How honest files are spoiled: bytes, JSON trees, and what checksums and packings guard."""

import copy
import gzip
import importlib
import io
import json
import random
import struct
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

EXTREMES = (0, 1, 2, 127, 128, 255, 256, 65535, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)
WORDS = (
    b"\0",
    b"../x",
    b"1e999",
    b"-1",
    b"9" * 40,
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"{",
    b'"',
    b"\n",
)


def spoiled(rng: random.Random, content: bytes) -> bytes:
    """Return the bytes with one to four changes."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.randrange(len(data) + 1)
        length = rng.choice((1, 1, 2, 4, 8, rng.randrange(len(data) + 1)))
        match rng.randrange(8):
            case 0 | 1 if at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            case 2 if at < len(data):
                data[at] = rng.randrange(256)
            case 3:
                size, order = rng.choice((1, 2, 4, 8)), rng.choice(("little", "big"))
                value = rng.choice(EXTREMES) % 256**size
                data[at : at + size] = value.to_bytes(size, order)
            case 4:
                del data[at : at + length]
            case 5:
                data[at:at] = data[rng.randrange(len(data) + 1) :][:length]
            case 6:
                data[at:at] = rng.choice(WORDS)
            case _:
                del data[at if rng.random() < 0.5 else len(data) - min(length, 9) :]
    return bytes(data)


HUGE = "@a number of 5,000 digits@"
DEEP: list[Any] = []
for _ in range(300):
    DEEP = [DEEP]
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 7, 2**31, 2**53, 2**63, 2**64, 0.5, -0.0, 1e-45, 1e308),
    *(float("nan"), float("inf"), HUGE, "", "a", "0", "\0", "\ud800", "../x", "x" * 3000, "relu"),
    *([], [[]], {}, [None], [1, 2], ["a"], {"name": "relu"}, {"class": "Dense"}, {"a": {}}, DEEP),
    *([100_000, 100_000], [0], [-1], [2**40], "os.system", "Dense", "Flatten", "mse", "sgd"),
)


def odd_tree(rng: random.Random, tree: Any) -> Any:
    """Return a copy of a JSON tree in which one to three places hold something else."""
    tree = json.loads(json.dumps(tree))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = list(_places(tree))
        if not places:
            return copy.deepcopy(rng.choice(ODD))
        holder, key = rng.choice(places)
        match rng.randrange(6):
            case 0:
                del holder[key]
            case 1:
                other, there = rng.choice(places)
                if there in other if isinstance(other, dict) else there < len(other):
                    holder[key] = json.loads(json.dumps(other[there]))
            case 2 if isinstance(holder, dict):
                holder[rng.choice(("", "a", "name", "class", "\0", f"{key}_"))] = holder.pop(key)
            case 3 if isinstance(holder, list):
                holder.extend([holder[key]] * rng.choice((1, 3, 50)))
            case _:
                holder[key] = copy.deepcopy(rng.choice(ODD))
    return tree


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    keys = (
        list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    )
    for key in keys:
        yield tree, key
        yield from _places(tree[key])


def as_json(tree: Any) -> str:
    """Return a tree as JSON, in which Python's own limit on digits does not bind the liar."""
    return json.dumps(tree).replace(json.dumps(HUGE), "1" * 5000)


def odd_json(rng: random.Random, content: bytes) -> bytes:
    """Return a JSON text with something else in it, or with spoiled bytes."""
    if rng.random() < 0.2:
        return spoiled(rng, content)
    return as_json(odd_tree(rng, json.loads(content))).encode()


def in_safetensors(rng: random.Random, content: bytes) -> bytes:
    """Change the header, or the description in its metadata, and make what guards it agree."""
    from badak._common.tensors import checksum

    (length,) = struct.unpack("<Q", content[:8])
    header, body = json.loads(content[8 : 8 + length]), content[8 + length :]
    metadata = header.get("__metadata__", {})
    if metadata and rng.random() < 0.8:
        key = next(iter(metadata))
        described = odd_tree(rng, json.loads(metadata[key]))
        if isinstance(described, dict) and "checksum" in described:
            del described["checksum"]
            if key == "badak.checkpoint":
                arrays = {n: _view(body, t) for n, t in header.items() if n != "__metadata__"}
                try:
                    described["checksum"] = checksum(json.dumps(described), arrays)
                except ValueError:
                    described["checksum"] = 0
        metadata[key] = as_json(described)
    else:
        header = odd_tree(rng, header)
    text = as_json(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def _view(body: bytes, tensor: dict[str, Any]) -> Any:
    start, stop = tensor["data_offsets"]
    return np.frombuffer(body[start:stop], np.uint8)


def in_zip(rng: random.Random, content: bytes) -> bytes:
    """Spoil one entry of an archive and pack it again, with the right checksums."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return spoiled(rng, content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    name = rng.choice(sorted(entries))
    match rng.randrange(12):
        case 0:
            entries[rng.choice(("", "/", "a", "../x", "\0"))] = entries.pop(name)
        case 1:
            del entries[name]
        case _:
            change = odd_json if name.endswith(".json") else spoiled
            entries[name] = change(rng, entries[name])
    packed, how = io.BytesIO(), rng.choice((0, 0, 8, 12, 14))
    with zipfile.ZipFile(packed, "w", how) as archive:
        for each, value in entries.items():
            archive.writestr(zipfile.ZipInfo(each), value, how)
    return packed.getvalue()


def in_gzip(rng: random.Random, content: bytes) -> bytes:
    """Spoil what is packed, and pack it again."""
    return gzip.compress(spoiled(rng, gzip.decompress(content)), 1, mtime=0)


def in_onnx(rng: random.Random, content: bytes) -> bytes:
    """Change the message's fields; bytes where the result is no message any more."""
    import onnx

    json_format = importlib.import_module("google.protobuf.json_format")

    tree = json_format.MessageToDict(onnx.load_model_from_string(content))
    try:
        changed = json_format.ParseDict(odd_tree(rng, tree), onnx.ModelProto())
        return bytes(changed.SerializeToString())
    except Exception:  # protobuf raises what it comes upon
        return spoiled(rng, content)
