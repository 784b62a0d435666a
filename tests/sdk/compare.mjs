// SPDX-License-Identifier: LGPL-2.1-or-later
// Our own requests beside those of the official SDK for the same question: the same calls to the same paths, with the
// same headers and the same names and order of parts. What the two may differ in stands here, and nowhere else.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { GoogleGenAI, kKey, redRectangle, require, withEmulator } from './harness.mjs';

const kFlash = 'gemini-3.5-flash';
const kSchema = {
  type: 'ARRAY',
  items: {
    type: 'OBJECT',
    properties: {
      box_2d: { type: 'ARRAY', items: { type: 'INTEGER' } },
      label: { type: 'STRING' },
    },
    required: ['box_2d', 'label'],
  },
};
const kJsonSchema = {
  type: 'object',
  properties: { count: { type: 'integer', minimum: 0 } },
  required: ['count'],
  additionalProperties: false,
};
const kHarms = ['HARASSMENT', 'HATE_SPEECH', 'SEXUALLY_EXPLICIT', 'DANGEROUS_CONTENT'];

async function bodyOf(stream) {
  const pieces = [];
  for await (const piece of stream)
    pieces.push(piece);
  return Buffer.concat(pieces);
}

// Hands everything on to the emulator, and remembers what it was asked.
class Witness {
  calls = [];

  constructor(target) {
    this.server = createServer(async (incoming, outgoing) => {
      const body = await bodyOf(incoming);
      const { method, url, headers } = incoming;
      this.calls.push({ method, url, headers, body });
      const onward = request(target + url, { method, headers }, (response) => {
        outgoing.writeHead(response.statusCode, response.headers);
        response.pipe(outgoing);
      });
      onward.end(body);
    });
  }

  async listen() {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  }

  // What was asked while `job` ran.
  async during(job) {
    this.calls = [];
    await job();
    return this.calls;
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

let witness;
let dir;
let picture;
let closeEmulator;
let emulatorClosed;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'compare-'));
  picture = join(dir, 'reference.png');
  writeFileSync(picture, redRectangle());
  await new Promise((resolve, reject) => {
    emulatorClosed = withEmulator([], async (url) => {
      witness = new Witness(url);
      await witness.listen();
      resolve();
      await new Promise((end) => { closeEmulator = end; });
    });
    emulatorClosed.catch(reject);
  });
});
after(async () => {
  witness?.close();
  closeEmulator?.();
  await emulatorClosed;
  rmSync(dir, { recursive: true });
});

// Words with spaces and quotes do not survive a command line: they go by a file.
let nFiles = 0;
function byFile(text) {
  const path = join(dir, `text-${++nFiles}`);
  writeFileSync(path, text);
  return `@${path}`;
}

// A pipeline over one frame, as a user types it.
function ourCalls(properties, env = {}) {
  return witness.during(async () => {
    const words = Object.entries({ 'base-url': witness.url, ...properties })
      .map(([name, value]) => `${name}=${value}`);
    const program = spawn('gst-launch-1.0', ['-q', 'videotestsrc', 'num-buffers=1', '!',
      'video/x-raw,format=I420,width=320,height=240,framerate=1/1', '!', 'geminianalyzer', ...words, '!',
      'fakesink'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, GEMINI_API_KEY: kKey, GOOGLE_API_KEY: '', ...env },
    });
    const said = bodyOf(program.stderr);
    const [status] = await once(program, 'exit');
    assert.equal(`${status} ${await said}`, '0 ');
  });
}

function sdk(options = {}) {
  return new GoogleGenAI({ apiKey: kKey, httpOptions: { baseUrl: witness.url }, ...options });
}

const isGeneration = (call) => call.method === 'POST' && /:(stream)?[gG]enerateContent/.test(call.url);
const generate = (calls) => {
  const found = calls.filter(isGeneration);
  assert.equal(found.length, 1, 'one request to generate');
  return found[0];
};
// What begins an upload, and what brings the bytes.
const uploads = (calls, command) =>
  calls.filter((call) => (call.headers['x-goog-upload-command'] ?? '').includes(command));

const partsOf = (call) => JSON.parse(call.body).contents[0].parts;
const textOf = (call) => partsOf(call).find((part) => part.text !== undefined).text;
const framesOf = (call) => partsOf(call).filter((part) => part.inlineData);

// Whatever has no order is brought into one; lists keep theirs.
function sorted(value) {
  if (Array.isArray(value))
    return value.map(sorted);
  if (value === null || typeof value !== 'object')
    return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

// The SDK gives what the model is told before the prompt a role, which the service does not look at.
function comparable(body) {
  const value = JSON.parse(body);
  delete value.systemInstruction?.role;
  return sorted(value);
}

const withoutVersion = (url) => url.replace(/^((?:\/upload)?)\/v\d\w*\//, '$1/VERSION/');

// Headers that the service goes by. How a body is framed is left to the HTTP library, and its name to each program.
const kHeaders = ['x-goog-api-key', 'authorization', 'content-type', 'x-goog-upload-protocol', 'x-goog-upload-command',
  'x-goog-upload-offset', 'x-goog-upload-header-content-length', 'x-goog-upload-header-content-type'];
function headersOf(call) {
  return Object.fromEntries(kHeaders.filter((name) => call.headers[name] !== undefined)
    .map((name) => [name, call.headers[name].replace('; charset=utf-8', '')]));
}

function compare(ours, theirs) {
  assert.equal(ours.method, theirs.method);
  assert.equal(withoutVersion(ours.url), withoutVersion(theirs.url));
  assert.deepEqual(headersOf(ours), headersOf(theirs));
  // A key never stands in the address, where logs and proxies keep it.
  assert.ok(!ours.url.includes(kKey));
  assert.deepEqual(comparable(ours.body), comparable(theirs.body));
}

// Asks the same as `ours` does by the SDK: the same pictures and prompt, with `config` written as its manual says.
async function sameBySdk(ours, model, config, { ai = sdk(), stream = false } = {}) {
  const contents = partsOf(ours).map((part) => structuredClone(part));
  return generate(await witness.during(async () => {
    const ask = { model, contents, config };
    if (!stream) {
      await ai.models.generateContent(ask);
      return;
    }
    for await (const _ of await ai.models.generateContentStream(ask))
      continue;
  }));
}

describe('a question', () => {
  test('a caption', async () => {
    const ours = generate(await ourCalls({ task: 'caption', model: kFlash }));
    assert.deepEqual(partsOf(ours).map((part) => Object.keys(part)[0]), ['inlineData', 'text']);
    compare(ours, await sameBySdk(ours, kFlash, { thinkingConfig: { thinkingLevel: 'MINIMAL' } }));
  });

  test('boxes as JSON', async () => {
    const ours = generate(await ourCalls({ task: 'detect', prompt: 'people', model: kFlash }));
    compare(ours, await sameBySdk(ours, kFlash, {
      responseMimeType: 'application/json',
      thinkingConfig: { thinkingLevel: 'MINIMAL' },
    }));
  });

  test('boxes by a schema of the API', async () => {
    const ours = generate(await ourCalls({
      task: 'ask', prompt: byFile('Detect "people", \u{1F600} and bicycles.'), model: kFlash,
      'response-schema': byFile(JSON.stringify(kSchema)), thinking: 'unset',
    }));
    assert.equal(textOf(ours), 'Detect "people", \u{1F600} and bicycles.');
    compare(ours, await sameBySdk(ours, kFlash, {
      responseMimeType: 'application/json',
      responseSchema: kSchema,
    }));
  });

  test('an answer by a JSON schema', async () => {
    const ours = generate(await ourCalls({
      task: 'ask', prompt: byFile('How many?'), model: kFlash, 'response-schema': byFile(JSON.stringify(kJsonSchema)),
      thinking: 'unset',
    }));
    compare(ours, await sameBySdk(ours, kFlash, {
      responseMimeType: 'application/json',
      responseJsonSchema: kJsonSchema,
    }));
  });

  test('masks of a 2.5 model, with thinking off', async () => {
    const model = 'gemini-2.5-flash';
    const ours = generate(await ourCalls({ task: 'segment', thinking: 'off', model }));
    compare(ours, await sameBySdk(ours, model, { thinkingConfig: { thinkingBudget: 0 } }));
  });

  test('a system instruction and every setting', async () => {
    const instruction = 'You look at "factories".\nBe brief.';
    const ours = generate(await ourCalls({
      'task': 'detect', 'model': kFlash, 'system-instruction': byFile(instruction), 'temperature': 0.5, 'seed': 7,
      'max-output-tokens': 4096, 'media-resolution': 'medium', 'safety-threshold': 'block-only-high', 'thinking': 'low',
    }));
    compare(ours, await sameBySdk(ours, kFlash, {
      systemInstruction: instruction,
      temperature: 0.5,
      seed: 7,
      maxOutputTokens: 4096,
      mediaResolution: 'MEDIA_RESOLUTION_MEDIUM',
      safetySettings: kHarms.map((harm) => ({ category: `HARM_CATEGORY_${harm}`, threshold: 'BLOCK_ONLY_HIGH' })),
      thinkingConfig: { thinkingLevel: 'LOW' },
      responseMimeType: 'application/json',
    }));
  });

  test('the resolution of one part', async () => {
    const ours = generate(await ourCalls({
      'task': 'caption', 'model': kFlash, 'media-resolution': 'ultra-high', 'thinking': 'unset',
    }));
    assert.deepEqual(framesOf(ours)[0].mediaResolution, { level: 'MEDIA_RESOLUTION_ULTRA_HIGH' });
    compare(ours, await sameBySdk(ours, kFlash));
  });

  test('an answer in pieces', async () => {
    const ours = generate(await ourCalls({ task: 'caption', model: kFlash, stream: true, thinking: 'unset' }));
    assert.match(ours.url, /:streamGenerateContent\?alt=sse$/);
    compare(ours, await sameBySdk(ours, kFlash, undefined, { stream: true }));
  });

  test('how long the service may work is told alike', async () => {
    const ours = generate(await ourCalls({ task: 'caption', model: kFlash, timeout: 20000, thinking: 'unset' }));
    const theirs = await sameBySdk(ours, kFlash, { httpOptions: { timeout: 20000 } });
    assert.equal(ours.headers['x-server-timeout'], theirs.headers['x-server-timeout']);
  });
});

describe('two pictures', () => {
  test('inline', async () => {
    const ours = generate(await ourCalls({
      'task': 'detect', 'model': kFlash, 'reference-images': picture, 'upload': 'inline', 'thinking': 'unset',
    }));
    assert.deepEqual(partsOf(ours).map((part) => part.inlineData?.mimeType), ['image/png', 'image/jpeg', undefined]);
    assert.equal(partsOf(ours)[0].inlineData.data, redRectangle().toString('base64'));
    compare(ours, await sameBySdk(ours, kFlash, { responseMimeType: 'application/json' }));
  });

  test('by file', async () => {
    const calls = await ourCalls({
      'task': 'detect', 'model': kFlash, 'reference-images': picture, 'upload': 'files', 'thinking': 'unset',
    });
    const ours = generate(calls);
    assert.deepEqual(partsOf(ours).map((part) => part.fileData?.mimeType), ['image/png', 'image/jpeg', undefined]);

    const png = uploads(calls, 'finalize').find((call) => call.body.equals(redRectangle()));
    assert.ok(png, 'the picture itself is what is uploaded');
    const begin = uploads(calls, 'start').find((call) =>
      call.headers['x-goog-upload-header-content-type'] === 'image/png');
    const ai = sdk();
    const files = [];
    const theirs = await witness.during(async () => {
      files.push(await ai.files.upload({ file: picture, config: { mimeType: 'image/png' } }));
    });
    const [theirBegin] = uploads(theirs, 'start');
    const [theirPng] = uploads(theirs, 'finalize');
    assert.equal(withoutVersion(begin.url), withoutVersion(theirBegin.url));
    assert.deepEqual(headersOf(begin), headersOf(theirBegin));
    // The name to show is each one's own, and the size stands in a header as well.
    const about = ({ body }) => {
      const { displayName, sizeBytes, ...file } = JSON.parse(body).file;
      return file;
    };
    const { mimeType } = about(theirBegin);
    assert.deepEqual({ mimeType, ...about(begin) }, about(theirBegin));

    const pathOf = (call) => call.url.replace(/upload_id=[^&]*/, 'upload_id=ID');
    assert.equal(withoutVersion(pathOf(png)), withoutVersion(pathOf(theirPng)));
    assert.equal(png.headers['x-goog-upload-command'], theirPng.headers['x-goog-upload-command']);
    assert.equal(png.headers['x-goog-upload-offset'], theirPng.headers['x-goog-upload-offset']);
    assert.deepEqual(png.body, theirPng.body);

    // Ours are deleted again by now: the question is about the same picture twice.
    const file = ({ uri, mimeType: type }) => ({ fileData: { fileUri: uri, mimeType: type } });
    const asked = generate(await witness.during(() => ai.models.generateContent({
      model: kFlash,
      contents: [file(files[0]), file(files[0]), { text: textOf(ours) }],
      config: { responseMimeType: 'application/json' },
    })));
    const anyFile = (call) => ({
      ...call,
      body: String(call.body).replace(/"fileUri":"[^"]*"/g, '"fileUri":"URI"').replace(/image\/jpeg/g, 'image/png'),
    });
    compare(anyFile(ours), anyFile(asked));
    const theirDelete = (await witness.during(() => ai.files.delete({ name: files[0].name }))).at(-1);
    const ourDelete = calls.find((call) => call.method === 'DELETE');
    assert.ok(ourDelete, 'what was uploaded is deleted at the end');
    const anyName = (call) => withoutVersion(call.url).replace(/files\/[a-z0-9-]+$/, 'files/NAME');
    assert.equal(anyName(ourDelete), anyName(theirDelete));
  });
});

describe('other ways in', () => {
  test('a look at the model', async () => {
    const ours = (await ourCalls({ task: 'caption', model: kFlash })).find((call) => call.method === 'GET');
    const [theirs] = await witness.during(() => sdk().models.get({ model: kFlash }));
    assert.equal(withoutVersion(ours.url), withoutVersion(theirs.url));
    assert.equal(ours.headers['x-goog-api-key'], theirs.headers['x-goog-api-key']);
  });

  test('Vertex AI with a project and a token', async () => {
    const model = 'gemini-2.5-flash';
    const ours = generate(await ourCalls({
      'task': 'caption', model, 'vertex-project': 'a-project', 'vertex-location': 'europe-west4',
      'access-token': byFile(kKey), 'thinking': 'unset',
    }));
    const { OAuth2Client } = require('google-auth-library');
    const authClient = new OAuth2Client();
    authClient.setCredentials({ access_token: kKey, expiry_date: Date.now() + 3600e3 });
    const ai = new GoogleGenAI({
      vertexai: true,
      project: 'a-project',
      location: 'europe-west4',
      googleAuthOptions: { authClient },
      httpOptions: { baseUrl: witness.url },
    });
    compare(ours, await sameBySdk(ours, model, undefined, { ai }));
  });
});
