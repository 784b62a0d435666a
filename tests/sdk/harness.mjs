// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests with the official SDK share: the SDK itself, the emulator program, and pictures.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { crc32, deflateSync } from 'node:zlib';

const cache = process.env.GST_GEMINI_CACHE ||
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gst-gemini');

// Packages of the folder that get-sdk.sh has filled.
export const require = createRequire(join(cache, 'sdk', 'package.json'));
export const { ApiError, GoogleGenAI } = require('@google/genai');

export const kKey = 'emulator-key';

// Runs `use(url)` beside an emulator of its own.
export async function withEmulator(args, use) {
  const program = spawn(process.env.GEMINI_EMULATOR, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  try {
    const lines = createInterface({ input: program.stdout });
    const [greeting] = await Promise.race([
      once(lines, 'line'),
      ended.then(() => { throw new Error('the emulator ended at once'); }),
    ]);
    return await use(greeting.replace('listening on ', ''));
  } finally {
    program.kill('SIGTERM');
    await ended;
  }
}

function pngChunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

// Gray, with rectangles as {x, y, width, height, color: [r, g, b]}. Without compression (level 0) its size is that
// of its pixels.
export function png(width, height, rectangles, level = 6) {
  const stride = 1 + 3 * width;
  const rows = Buffer.alloc(stride * height, 128);
  for (let y = 0; y < height; ++y)
    rows[y * stride] = 0; // no filter
  for (const { x, y, width: w, height: h, color } of rectangles) {
    const line = Buffer.alloc(3 * w, Buffer.from(color));
    for (let row = y; row < y + h; ++row)
      line.copy(rows, row * stride + 1 + 3 * x);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // 8 bits, RGB
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows, { level })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

export const kRed = [230, 25, 25];
export const kBlue = [25, 25, 230];

// One red rectangle, whose box_2d is [200, 250, 800, 750].
export function redRectangle() {
  return png(200, 100, [{ x: 50, y: 20, width: 100, height: 60, color: kRed }]);
}

export function inline(picture) {
  return { inlineData: { mimeType: 'image/png', data: picture.toString('base64') } };
}
