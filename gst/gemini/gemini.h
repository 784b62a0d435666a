/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gemini/gstgeminianalysis.h>
#include <gst/gemini/gstgeminimeta.h>
#include <gst/gemini/gstgeminiobject.h>
#include <gst/gemini/gstgeminiprelude.h>
#include <gst/gemini/gstgeminiscene.h>
