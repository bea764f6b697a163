#!/usr/bin/env python3
"""Reads the weights that Evident saves, with Python's standard library alone.

    read_weights.py model.safetensors           one line a tensor, then the metadata
    read_weights.py --json model.safetensors    the same as one JSON object

As a module, read_weights(path) returns ({name: (shape, values)}, metadata).
"""
import array
import json
import math
import sys

CODES = {"F32": "f", "F64": "d"}  # safetensors' dtypes as the array module names them


def unique(pairs):
    """Makes a dict of the pairs of a JSON object, in which no key may come twice."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key of the header appears twice")
    return dict(pairs)


def read_tensors(path):
    """Returns ({name: (dtype, shape, values)}, metadata), or raises ValueError or OSError."""
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + int.from_bytes(content[:8], "little")
    if not 8 < start <= len(content):
        raise ValueError("not a safetensors file, or a truncated one")
    tensors, covered = {}, 0
    try:
        header = json.loads(content[8:start].decode("utf-8"), object_pairs_hook=unique)
        metadata = dict(header.pop("__metadata__", {}))
        for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
            dtype, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
            if dtype not in CODES:
                raise ValueError(f"tensor {name!r} has dtype {dtype}, only F32 and F64 are read")
            values = array.array(CODES[dtype], content[start + begin : start + end])
            if begin != covered or len(values) != math.prod(shape):
                raise ValueError(f"tensor {name!r}: its data does not fit its shape and place")
            if sys.byteorder == "big":
                values.byteswap()
            tensors[name], covered = (dtype, shape, values.tolist()), end
    except (AttributeError, KeyError, RecursionError, TypeError) as error:
        raise ValueError(f"the header is damaged ({type(error).__name__}: {error})") from error
    if start + covered != len(content):
        raise ValueError("the tensors do not take all of the file: it is truncated or damaged")
    return tensors, metadata


def read_weights(path):
    """Returns ({name: (shape, values)}, metadata), or raises ValueError or OSError."""
    tensors, metadata = read_tensors(path)
    return {name: (shape, values) for name, (_, shape, values) in tensors.items()}, metadata


def mean_and_std(values):
    """Returns the mean and the population standard deviation, NaN where they do not exist."""
    try:
        mean = math.fsum(values) / len(values)
        return mean, math.sqrt(math.fsum((x - mean) * (x - mean) for x in values) / len(values))
    except (OverflowError, ValueError, ZeroDivisionError):
        return math.nan, math.nan


def main(arguments):
    paths = [argument for argument in arguments if argument != "--json"]
    if len(paths) != 1:
        sys.exit("usage: read_weights.py [--json] FILE")
    try:
        tensors, metadata = read_tensors(paths[0])
    except (OSError, ValueError) as error:
        sys.exit(f"read_weights.py: {paths[0]}: {getattr(error, 'strerror', None) or error}")
    summary = {}
    for name, (dtype, shape, values) in sorted(tensors.items()):
        mean, std = (f"{x:.9g}" for x in mean_and_std(values))
        summary[name] = {"dtype": dtype, "shape": shape, "mean": mean, "std": std}
    if "--json" in arguments:
        for row in summary.values():  # JSON has no NaN
            row.update({key: float(row[key]) if math.isfinite(float(row[key])) else None
                        for key in ("mean", "std")})
        print(json.dumps({"tensors": summary, "metadata": metadata}))
        return
    for name, row in summary.items():
        print(f"{name}  {row['dtype']}  {row['shape']}  mean {row['mean']}  std {row['std']}")
    for key, value in sorted(metadata.items()):
        print(f"{key} = {value}")


if __name__ == "__main__":
    main(sys.argv[1:])
