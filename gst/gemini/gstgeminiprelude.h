/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

/**
 * GST_GEMINI_API:
 *
 * Marks what the library exports.
 */
#ifndef GST_GEMINI_API
#define GST_GEMINI_API __attribute__((visibility("default"))) extern
#endif
