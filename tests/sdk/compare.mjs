// SPDX-License-Identifier: LGPL-2.1-or-later
// Compares what the plugin sends with what the official SDK sends for the same request, field by field: path (but for
// its version), where the key is, content type, and the whole body with the order of parts. The emulator records both.
// Run: run-node.sh compare.mjs, with GEMINI_EMULATOR and the environment of the tests.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { GoogleGenAI, kKey, redRectangle, withEmulator } from './harness.mjs';

const kSchema = '{"type":"OBJECT","properties":{"answer":{"type":"STRING"}}}';

// A case is a name and the properties of geminianalyzer.
const kCases = [
  { name: 'a caption', properties: ['task=caption'] },
  { name: 'detection with JSON', properties: ['task=detect', 'prompt=rectangles'] },
  { name: 'a question with a schema', properties: ['task=ask', 'prompt=What is this?', `response-schema=${kSchema}`] },
  { name: 'segmentation with thinking off', properties: ['task=segment', 'model=gemini-2.5-flash', 'thinking=off'] },
  {
    name: 'a system instruction with settings',
    properties: ['task=detect', 'system-instruction=Be brief.', 'temperature=0.5', 'seed=7', 'max-output-tokens=4096',
      'media-resolution=medium', 'safety-threshold=block-only-high', 'thinking=low'],
  },
  { name: 'two pictures inline', properties: ['frames-per-request=2'], todo: 'several pictures in a request' },
  { name: 'two pictures by file', properties: ['frames-per-request=2', 'upload=files'], todo: 'the Files API' },
];

// The only request to generate in a folder that the emulator has recorded.
function recorded(dir) {
  const heads = readdirSync(dir).filter((name) => name.endsWith('-head.json')).sort();
  const requests = heads.map((name) => ({
    ...JSON.parse(readFileSync(join(dir, name))),
    body: readFileSync(join(dir, name.replace('head', 'request')), 'utf8'),
  })).filter(({ path }) => /:(stream)?[gG]enerateContent$/.test(path));
  assert.equal(requests.length, 1, `${requests.length} requests`);
  return { ...requests[0], body: JSON.parse(requests[0].body) };
}

async function record(send) {
  const dir = mkdtempSync(join(tmpdir(), 'compare-'));
  try {
    await withEmulator(['--record', dir], (url) => send(url, dir));
    return recorded(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function sendByPlugin(properties) {
  return (url, dir) => {
    const picture = `${dir}.png`;
    writeFileSync(picture, redRectangle());
    try {
      execFileSync('gst-launch-1.0', ['-q', 'filesrc', `location=${picture}`, '!', 'pngdec', '!', 'videoconvert', '!',
        'geminianalyzer', 'mode=accurate', `base-url=${url}`, `api-key=${kKey}`, ...properties, '!', 'fakesink'],
      { stdio: ['ignore', 'inherit', 'inherit'], timeout: 30000 });
    } finally {
      rmSync(picture);
    }
  };
}

// What a user of the SDK would write to say the same.
function sendBySdk({ path, body }) {
  const { contents, generationConfig, systemInstruction, safetySettings } = body;
  return (url) => new GoogleGenAI({ apiKey: kKey, httpOptions: { baseUrl: url } }).models.generateContent({
    model: path.match(/models\/([^:]+)/)[1],
    contents,
    config: { ...generationConfig, systemInstruction, safetySettings },
  });
}

const withoutVersion = (path) => path.replace(/^\/v[^/]*/, '');

for (const { name, properties, todo } of kCases) {
  test(name, { todo, skip: Boolean(todo) }, async () => {
    const plugin = await record(sendByPlugin(properties));
    const sdk = await record(sendBySdk(plugin));
    assert.equal(plugin.method, sdk.method);
    assert.equal(withoutVersion(plugin.path), withoutVersion(sdk.path));
    assert.deepEqual(plugin.query, sdk.query);
    assert.equal(plugin.credential, sdk.credential);
    assert.equal(plugin.headers['content-type'], sdk.headers['content-type']);
    assert.deepEqual(plugin.body, sdk.body);
  });
}
