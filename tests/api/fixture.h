/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Known results for programs that can only read them: the C consumer and Python. */
#pragma once

#include <gst/gemini/gemini.h>

G_BEGIN_DECLS

/* Transfer full. Status partial; of the analysis "camera-1" (request 7, 1280x720, pts 1 s) that has
 * one problem: 0: "person", id 3, confidence 0.9, box 0.25 0.5 0.5 0.25 1: "M&M <b>", id 4, no
 * confidence, no box */
GstGeminiScene *gemini_fixture_scene(void);

/* Makes the element `geminifixture` known to this process: it puts that scene on every frame. */
void gemini_fixture_register(void);

G_END_DECLS
