// SPDX-License-Identifier: LGPL-2.1-or-later
// Finding the 80 kinds of things of COCO with NanoDet through OpenCV's dnn module.
#pragma once

#include "eyes.hpp"

#include <array>
#include <string_view>

namespace gemini::emulator {

// In the order of the network's outputs.
inline constexpr std::array<std::string_view, 80> kCocoLabels = {
    "person",        "bicycle",      "car",
    "motorcycle",    "airplane",     "bus",
    "train",         "truck",        "boat",
    "traffic light", "fire hydrant", "stop sign",
    "parking meter", "bench",        "bird",
    "cat",           "dog",          "horse",
    "sheep",         "cow",          "elephant",
    "bear",          "zebra",        "giraffe",
    "backpack",      "umbrella",     "handbag",
    "tie",           "suitcase",     "frisbee",
    "skis",          "snowboard",    "sports ball",
    "kite",          "baseball bat", "baseball glove",
    "skateboard",    "surfboard",    "tennis racket",
    "bottle",        "wine glass",   "cup",
    "fork",          "knife",        "spoon",
    "bowl",          "banana",       "apple",
    "sandwich",      "orange",       "broccoli",
    "carrot",        "hot dog",      "pizza",
    "donut",         "cake",         "chair",
    "couch",         "potted plant", "bed",
    "dining table",  "toilet",       "tv",
    "laptop",        "mouse",        "remote",
    "keyboard",      "cell phone",   "microwave",
    "oven",          "toaster",      "sink",
    "refrigerator",  "book",         "clock",
    "vase",          "scissors",     "teddy bear",
    "hair drier",    "toothbrush",
};

// The error says what is missing: OpenCV in this build, or the converted network in `models_dir`.
Result<std::unique_ptr<Eyes>, std::string> make_coco_eyes(const std::string &models_dir);

} // namespace gemini::emulator
