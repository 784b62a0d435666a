#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Converts a TensorFlow.js graph model into a frozen TensorFlow graph that OpenCV's dnn module reads.

Usage: tfjs2pb.py MODEL.json OUT.pb OUTPUT[,OUTPUT...] [--nhwc]

OpenCV 4.6 reads TensorFlow's protobuf, but not TensorFlow.js, nor its fused convolutions. So weights
become 32-bit floats or integers, fused convolutions become chains of plain ones, and with --nhwc a graph
that goes back and forth between channels-first and channels-last is written channels-last throughout.
Needs Python's standard library only; the few protobuf messages are written by hand.
"""

import argparse
import array
import base64
import json
import math
import pathlib
import struct
import sys

# TensorFlow's DataType
DT_FLOAT = 1
DT_INT32 = 3
TYPES = {"DT_FLOAT": DT_FLOAT, "DT_INT32": DT_INT32, "DT_BOOL": 10, "DT_INT64": 9}

# The attributes that OpenCV looks at.
KEPT_ATTRIBUTES = {
    "N", "T", "Tidx", "align_corners", "alpha", "data_format", "dilations", "dtype", "half_pixel_centers",
    "keep_dims", "ksize", "padding", "shape", "strides",
}
FUSED = {"_FusedConv2D": "Conv2D", "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative"}

# Where each axis of channels-last is in channels-first.
NHWC_FROM_NCHW = (0, 2, 3, 1)
NCHW_FROM_NHWC = (0, 3, 1, 2)


# --- protobuf ---


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer_field(number, value):
    return varint(number << 3) + varint(value)


def float_field(number, value):
    return varint(number << 3 | 5) + struct.pack("<f", value)


def bytes_field(number, value):
    return varint(number << 3 | 2) + varint(len(value)) + value


def text_field(number, value):
    return bytes_field(number, value.encode())


# --- weights ---


class Tensor:
    """Numbers and their shape; `values` is an array of 'f' or 'i'."""

    def __init__(self, values, shape):
        self.values = values
        self.shape = tuple(shape)

    @property
    def is_float(self):
        return self.values.typecode == "f"

    def encode(self):
        data_type = DT_FLOAT if self.is_float else DT_INT32
        if not self.shape:
            # OpenCV 4.6 crashes on scalars that are written as tensor_content.
            value = self.values[0]
            packed = struct.pack("<f", value) if self.is_float else varint(value)
            scalar = bytes_field(5 if self.is_float else 7, packed)
            return integer_field(1, data_type) + bytes_field(2, b"") + scalar
        content = array.array(self.values.typecode, self.values)
        if sys.byteorder == "big":
            content.byteswap()
        return integer_field(1, data_type) + bytes_field(2, encode_shape(self.shape)) + bytes_field(
            4, content.tobytes())


def encode_shape(sizes):
    return b"".join(bytes_field(2, integer_field(1, int(size))) for size in sizes)


def read_numbers(data, offset, count, dtype):
    """Returns the numbers and the offset behind them."""
    formats = {"float32": "f", "float16": "e", "int32": "i", "uint16": "H", "uint8": "B", "bool": "B"}
    layout = struct.Struct(f"<{count}{formats[dtype]}")
    return layout.unpack_from(data, offset), offset + layout.size


def read_weights(manifest, folder):
    """Reads all weights; each group's files are one run of bytes."""
    weights = {}
    for group in manifest:
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        offset = 0
        for weight in group["weights"]:
            count = math.prod(weight["shape"])
            quantization = weight.get("quantization")
            dtype = quantization["dtype"] if quantization else weight["dtype"]
            numbers, offset = read_numbers(data, offset, count, dtype)
            if quantization and dtype != "float16":
                numbers = [n * quantization["scale"] + quantization["min"] for n in numbers]
            typecode = "f" if weight["dtype"] == "float32" else "i"
            weights[weight["name"]] = Tensor(array.array(typecode, numbers), weight["shape"])
    return weights


# --- nodes ---


def encode_attribute(value):
    """`value` is TensorFlow.js' JSON for an AttrValue, or {"tensor": Tensor}."""
    if "tensor" in value:
        return bytes_field(8, value["tensor"].encode())
    if "type" in value:
        return integer_field(6, TYPES[value["type"]])
    if "s" in value:
        return bytes_field(2, base64.b64decode(value["s"]))
    if "i" in value:
        return integer_field(3, int(value["i"]))
    if "f" in value:
        return float_field(4, float(value["f"]))
    if "b" in value:
        return integer_field(5, 1 if value["b"] else 0)
    if "shape" in value:
        return bytes_field(7, encode_shape(dim["size"] for dim in value["shape"].get("dim", [])))
    numbers = value["list"].get("i", [])
    packed = b"".join(varint(int(n)) for n in numbers)
    return bytes_field(1, bytes_field(3, packed) if numbers else b"")


def encode_node(name, op, inputs, attributes):
    body = text_field(1, name) + text_field(2, op)
    body += b"".join(text_field(3, source) for source in inputs)
    for key, value in attributes.items():
        body += bytes_field(5, text_field(1, key) + bytes_field(2, encode_attribute(value)))
    return bytes_field(1, body)


def encode_constant(name, tensor):
    dtype = "DT_FLOAT" if tensor.is_float else "DT_INT32"
    return encode_node(name, "Const", [], {"dtype": {"type": dtype}, "value": {"tensor": tensor}})


def integers(values, shape):
    return Tensor(array.array("i", values), shape)


def plain_name(source):
    """Without the output number and the mark of control inputs."""
    return source.split(":")[0].lstrip("^")


class Converter:
    def __init__(self, model, weights, is_made_nhwc):
        self.nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
        self.weights = weights
        self.is_made_nhwc = is_made_nhwc
        self.layouts = {}  # of the outputs of nodes, as they were in the source
        self.aliases = {}  # transposes that are left out, and what stands for them

    def convert(self, outputs):
        order = self.sorted_nodes(outputs)
        body = b"".join(self.convert_node(self.nodes[name], order) for name in order)
        return body + bytes_field(4, integer_field(1, 27))  # the version of the graph's format

    def sorted_nodes(self, outputs):
        """What the outputs need, inputs first."""
        done = {}
        stack = [(name, False) for name in reversed(outputs)]
        while stack:
            name, has_inputs = stack.pop()
            if name in done:
                continue
            if has_inputs:
                done[name] = True
                continue
            stack.append((name, True))
            stack.extend((source, False) for source in reversed(self.inputs_of(self.nodes[name])))
        return list(done)

    @staticmethod
    def inputs_of(node):
        return [plain_name(source) for source in node.get("input", [])]

    def convert_node(self, node, order):
        name, op = node["name"], node["op"]
        if op == "Const":
            if self.is_constant_replaced(name, order):
                return b""
            return encode_constant(name, self.weights[name])
        # A number other than 0 chooses one of several outputs, and stays.
        inputs = [source[:-2] if source.endswith(":0") else source for source in node.get("input", [])]
        attributes = {key: value for key, value in node.get("attr", {}).items() if key in KEPT_ATTRIBUTES}
        extra = b""
        if self.is_made_nhwc:
            if self.drop_transpose(node):
                return b""
            extra, op, inputs, attributes = self.make_nhwc(node, inputs, attributes)
        if op in FUSED:
            return extra + self.unfuse(node, inputs, attributes)
        return extra + encode_node(name, "Add" if op == "AddV2" else op, inputs, attributes)

    def unfuse(self, node, inputs, attributes):
        """A convolution and what was fused onto it; the last one bears the node's name."""
        name = node["name"]
        fused = [base64.b64decode(op).decode() for op in node["attr"]["fused_ops"]["list"]["s"]]
        names = [f"{name}/_conv"] + [f"{name}/_{op}" for op in fused]
        names[-1] = name
        out = encode_node(names[0], FUSED[node["op"]], inputs[:2], attributes)
        for op, own_name, previous in zip(fused, names[1:], names):
            sources = [previous, inputs[2]] if op == "BiasAdd" else [previous]
            out += encode_node(own_name, op, sources, {"T": {"type": "DT_FLOAT"}})
        return out

    # --- channels last ---

    def data_input(self, node):
        """The first input that is no constant."""
        for source in self.inputs_of(node):
            if self.nodes[source]["op"] != "Const":
                return source
        return None

    def layout_before(self, node):
        return self.layouts.get(self.data_input(node), "NCHW")

    def drop_transpose(self, node):
        """Notes the layout of the node's output; a transpose between layouts is done with then."""
        name = node["name"]
        self.layouts[name] = self.layout_before(node)
        if node["op"] != "Transpose":
            return False
        source, permutation = self.inputs_of(node)
        axes = tuple(self.weights[permutation].values) if permutation in self.weights else ()
        if axes not in (NHWC_FROM_NCHW, NCHW_FROM_NHWC):
            return False
        self.layouts[name] = "NHWC" if axes == NHWC_FROM_NCHW else "NCHW"
        self.aliases[name] = source
        return True

    def resolve(self, source):
        while source in self.aliases:
            source = self.aliases[source]
        return source

    def make_nhwc(self, node, inputs, attributes):
        """Returns constants to write before the node, and its op, inputs and attributes."""
        name, op = node["name"], node["op"]
        extra = b""
        was_nchw = self.layout_before(node) == "NCHW"
        if op == "Placeholder":
            dims = attributes["shape"]["shape"]["dim"]
            attributes["shape"] = {"shape": {"dim": [dims[axis] for axis in NHWC_FROM_NCHW]}}
        elif op in ("Pad", "PadV2"):
            paddings = self.weights[inputs[1]].values
            rows = [paddings[2 * axis:2 * axis + 2] for axis in (NHWC_FROM_NCHW if was_nchw else range(4))]
            flat = [n for row in rows for n in row]
            extra = encode_constant(f"{name}/_paddings", integers(flat, (4, 2)))
            op, inputs = "Pad", [inputs[0], f"{name}/_paddings"]
        elif op == "ConcatV2" and was_nchw:
            if self.weights[inputs[-1]].values[0] not in (1, -3):
                raise ValueError(f"{name} joins along another axis than the channels")
            extra = encode_constant(f"{name}/_axis", integers([3], ()))
            inputs = inputs[:-1] + [f"{name}/_axis"]
        return extra, op, [self.resolve(source) for source in inputs], attributes

    def is_constant_replaced(self, name, order):
        """Whether all who use the constant get another one from make_nhwc(), or are left out."""
        if not self.is_made_nhwc:
            return False
        return all(self.is_replaced_in(self.nodes[user], name) for user in order
                   if name in self.inputs_of(self.nodes[user]))

    def is_replaced_in(self, user, name):
        inputs = self.inputs_of(user)
        if user["op"] in ("Transpose", "Pad", "PadV2"):
            return name in inputs[1:]
        return user["op"] == "ConcatV2" and name == inputs[-1] and self.layout_before(user) == "NCHW"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path, help="model.json; its weights lie beside it")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("outputs", help="names of output nodes, separated by commas")
    parser.add_argument("--nhwc", action="store_true", help="make a channels-first graph channels-last")
    arguments = parser.parse_args()
    model = json.loads(arguments.model.read_text())
    weights = read_weights(model["weightsManifest"], arguments.model.parent)
    graph = Converter(model, weights, arguments.nhwc).convert(arguments.outputs.split(","))
    arguments.out.write_bytes(graph)


if __name__ == "__main__":
    main()
