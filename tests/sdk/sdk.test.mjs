// SPDX-License-Identifier: LGPL-2.1-or-later
// The official SDK as a judge of the emulator: whatever it sends must be understood, and whatever it gets must be
// what it expects of the service.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';

import { ApiError, GoogleGenAI, inline, kBlue, kKey, kRed, png, redRectangle, require, withEmulator } from './harness.mjs';

const kModel = 'gemini-flash-latest';
const kBoxes = 'Detect all things. JSON list with the keys "box_2d" and "label".';
const kMasks = 'Give the segmentation masks of all things: JSON list, "box_2d", "mask" and "label".';

function client(url, options = {}) {
  const { httpOptions, ...others } = options;
  return new GoogleGenAI({ apiKey: kKey, httpOptions: { baseUrl: url, ...httpOptions }, ...others });
}

// The JSON in an answer, out of its fence.
function said(response) {
  return JSON.parse(response.text.replace(/^```json\n|\n```$/g, ''));
}

// The service's own error body, which the SDK hands over as text.
async function failure(promise) {
  const error = await promise.then(() => assert.fail('it should have failed'), (e) => e);
  assert.ok(error instanceof ApiError, String(error));
  const at = error.message.indexOf('{');
  const body = JSON.parse(error.message.slice(at)).error;
  assert.equal(error.status, body.code);
  return body;
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream)
    chunks.push(chunk);
  return chunks;
}

// One emulator for the tests of a group, as one service serves many.
function group(name, args, body) {
  describe(name, () => {
    const shared = {};
    let close;
    let closed;
    before(async () => {
      await new Promise((resolve, reject) => {
        closed = withEmulator(args, (url) => {
          shared.url = url;
          shared.ai = client(url);
          resolve();
          return new Promise((end) => { close = end; });
        });
        closed.catch(reject);
      });
    });
    after(async () => {
      close();
      await closed;
    });
    body(shared);
  });
}

group('generateContent', [], (emulator) => {
  test('a text is answered', async () => {
    const answer = await emulator.ai.models.generateContent({ model: kModel, contents: 'Hello' });
    assert.equal(answer.text, 'I was given no picture.');
    assert.equal(answer.candidates[0].finishReason, 'STOP');
    assert.match(answer.modelVersion, /^emulator\//);
    assert.ok(answer.responseId);
    const usage = answer.usageMetadata;
    assert.equal(usage.totalTokenCount, usage.promptTokenCount + usage.candidatesTokenCount);
  });

  test('a picture is looked at', async () => {
    const answer = await emulator.ai.models.generateContent({
      model: kModel,
      contents: [inline(redRectangle()), { text: 'What is this?' }],
    });
    assert.equal(answer.text, 'The picture shows a red rectangle.');
    assert.deepEqual(answer.usageMetadata.promptTokensDetails.map((d) => d.modality), ['TEXT', 'IMAGE']);
  });

  test('JSON mode gives JSON without a fence', async () => {
    const answer = await emulator.ai.models.generateContent({
      model: `models/${kModel}`,
      contents: [inline(redRectangle()), kBoxes],
      config: { responseMimeType: 'application/json' },
    });
    assert.deepEqual(JSON.parse(answer.text), [{ box_2d: [200, 250, 800, 750], label: 'red rectangle' }]);
  });

  const boxes = {
    type: 'OBJECT',
    properties: {
      boxes: {
        type: 'ARRAY',
        maxItems: '25',
        items: {
          type: 'OBJECT',
          properties: {
            box_2d: { type: 'ARRAY', items: { type: 'INTEGER' }, minItems: '4', maxItems: '4' },
            label: { type: 'STRING' },
          },
          required: ['box_2d', 'label'],
          propertyOrdering: ['box_2d', 'label'],
        },
      },
    },
    required: ['boxes'],
  };

  test('a response schema, with numbers as strings, shapes the answer', async () => {
    const answer = await emulator.ai.models.generateContent({
      model: kModel,
      contents: [inline(redRectangle()), 'Find all things.'],
      config: { responseMimeType: 'application/json', responseSchema: boxes },
    });
    assert.deepEqual(JSON.parse(answer.text), { boxes: [{ box_2d: [200, 250, 800, 750], label: 'red rectangle' }] });
  });

  test('a JSON schema shapes the answer', async () => {
    const answer = await emulator.ai.models.generateContent({
      model: kModel,
      contents: [inline(redRectangle()), 'Find all things.'],
      config: {
        responseMimeType: 'application/json',
        responseJsonSchema: {
          type: 'object',
          properties: { label: { type: 'string' } },
          required: ['label'],
          additionalProperties: false,
        },
      },
    });
    assert.deepEqual(Object.keys(JSON.parse(answer.text)), ['label']);
  });

  test('2.5 models write masks as pictures', async () => {
    const answer = await emulator.ai.models.generateContent({
      model: 'gemini-2.5-flash',
      contents: [inline(redRectangle()), kMasks],
      config: { thinkingConfig: { thinkingBudget: 0 } },
    });
    const [{ mask }] = said(answer);
    const [, data] = mask.match(/^data:image\/png;base64,(.*)$/);
    const bytes = Buffer.from(data, 'base64');
    assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
    const at = bytes.indexOf('IDAT');
    assert.ok(inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4))).length > 0);
  });

  test('3.x models write masks as polygons where a schema wants them', async () => {
    const point = { type: 'ARRAY', items: { type: 'INTEGER' } };
    const answer = await emulator.ai.models.generateContent({
      model: 'gemini-3.8-flash',
      contents: [inline(redRectangle()), kMasks],
      config: {
        responseMimeType: 'application/json',
        responseSchema: {
          type: 'ARRAY',
          items: {
            type: 'OBJECT',
            properties: { box_2d: point, mask: { type: 'ARRAY', items: point }, label: { type: 'STRING' } },
          },
        },
        thinkingConfig: { thinkingLevel: 'LOW' },
      },
    });
    const [{ mask }] = said(answer);
    assert.deepEqual(mask, [[250, 200], [750, 200], [750, 800], [250, 800]]);
  });

  test('thoughts are shown where they are asked for', async () => {
    const ask = (thinkingConfig) => emulator.ai.models.generateContent({
      model: 'gemini-2.5-pro',
      contents: [inline(redRectangle()), 'What is this?'],
      config: { thinkingConfig },
    });
    const answer = await ask({ includeThoughts: true, thinkingBudget: 1024 });
    const parts = answer.candidates[0].content.parts;
    assert.equal(parts[0].thought, true);
    assert.equal(answer.text, 'The picture shows a red rectangle.');
    assert.ok(answer.usageMetadata.thoughtsTokenCount > 0);
    assert.equal((await failure(ask({ thinkingBudget: 0 }))).code, 400);
  });

  test('every setting of a generation is understood', async () => {
    const answer = await emulator.ai.models.generateContent({
      model: kModel,
      contents: [{ role: 'user', parts: [inline(redRectangle()), { text: kBoxes }] }],
      config: {
        systemInstruction: 'Return JSON without code fences. At most 25 objects.',
        temperature: 0.5,
        topP: 0.95,
        topK: 40,
        seed: 7,
        candidateCount: 2,
        maxOutputTokens: 4096,
        stopSequences: ['END'],
        presencePenalty: 0.1,
        frequencyPenalty: 0.1,
        mediaResolution: 'MEDIA_RESOLUTION_MEDIUM',
        thinkingConfig: { thinkingLevel: 'LOW' },
        responseMimeType: 'application/json',
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_ONLY_HIGH' }],
        httpOptions: { timeout: 20000 },
      },
    });
    assert.equal(answer.candidates.length, 2);
    assert.equal(answer.usageMetadata.promptTokensDetails[1].tokenCount, 560);
  });

  test('a configuration without generation fields is understood', async () => {
    const answer = await emulator.ai.models.generateContent({
      model: kModel,
      contents: 'Hello',
      config: { systemInstruction: { parts: [{ text: 'Be brief.' }] } },
    });
    assert.equal(answer.candidates.length, 1);
  });

  test('a chat sends what was said before', async () => {
    const chat = emulator.ai.chats.create({ model: kModel });
    await chat.sendMessage({ message: 'Hello' });
    const second = await chat.sendMessage({ message: [inline(redRectangle()), 'What is this?'] });
    assert.equal(second.text, 'The picture shows a red rectangle.');
  });

  for (const version of ['v1', 'v1beta']) {
    test(`version ${version} is served`, async () => {
      const ai = client(emulator.url, { apiVersion: version });
      assert.ok((await ai.models.generateContent({ model: kModel, contents: 'Hello' })).text);
    });
  }

  test('snake_case is understood as camelCase is', async () => {
    const response = await fetch(`${emulator.url}/v1beta/models/${kModel}:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': kKey, 'content-type': 'application/json' },
      body: JSON.stringify({
        system_instruction: { role: 'user', parts: [{ text: 'Be brief.' }] },
        contents: [{ parts: [{ inline_data: { mime_type: 'image/png', data: redRectangle().toString('base64') } },
          { text: 'What is this?' }] }],
        generation_config: {},
      }),
    });
    const body = await response.json();
    assert.equal(body.candidates[0].content.parts[0].text, 'The picture shows a red rectangle.');
  });
});

group('errors', [], (emulator) => {
  const hello = (ai, more = {}) => ai.models.generateContent({ model: kModel, contents: 'Hello', ...more });

  test('a bad key is refused as the service refuses it', async () => {
    const error = await failure(hello(client(emulator.url, { apiKey: 'another' })));
    assert.equal(error.status, 'INVALID_ARGUMENT');
    assert.equal(error.code, 400);
    assert.equal(error.details[0].reason, 'API_KEY_INVALID');
  });

  test('a wrong model is not found', async () => {
    const error = await failure(hello(emulator.ai, { model: 'gemini-2.0-flash' }));
    assert.equal(error.code, 404);
    assert.equal(error.status, 'NOT_FOUND');
  });

  test('an unknown field is named', async () => {
    const error = await failure(hello(emulator.ai, {
      config: { httpOptions: { extraBody: { generationConfig: { temprature: 1 } } } },
    }));
    assert.equal(error.code, 400);
    assert.equal(error.details[0]['@type'], 'type.googleapis.com/google.rpc.BadRequest');
    assert.match(error.details[0].fieldViolations[0].description, /temprature/);
  });

  test('a picture that is none is refused', async () => {
    const error = await failure(hello(emulator.ai, { contents: [inline(Buffer.from('not a picture')), 'What is this?'] }));
    assert.equal(error.code, 400);
  });

  test('a file that was never uploaded is forbidden', async () => {
    const error = await failure(hello(emulator.ai, {
      contents: [{ fileData: { mimeType: 'image/png', fileUri: `${emulator.url}/v1beta/files/nothing` } }, 'What is this?'],
    }));
    assert.equal(error.code, 403);
    assert.equal(error.status, 'PERMISSION_DENIED');
  });
});

describe('faults', () => {
  async function withFaults(script, use, args = []) {
    const dir = mkdtempSync(join(tmpdir(), 'sdk-'));
    const file = join(dir, 'faults');
    writeFileSync(file, script);
    try {
      await withEmulator(['--faults', file, ...args], (url) => use(client(url)));
    } finally {
      rmSync(dir, { recursive: true });
    }
  }
  const ask = { model: kModel, contents: [inline(redRectangle()), kBoxes] };

  test('a blocked prompt is no error: there is no text', async () => {
    await withFaults('* blocked', async (ai) => {
      const answer = await ai.models.generateContent(ask);
      assert.equal(answer.promptFeedback.blockReason, 'SAFETY');
      assert.equal(answer.text, undefined);
      const [chunk] = await collect(await ai.models.generateContentStream(ask));
      assert.equal(chunk.promptFeedback.blockReason, 'SAFETY');
    });
  });

  test('a quota error tells what quota and when to come back', async () => {
    await withFaults('* status 429-retry 2.5', async (ai) => {
      const error = await failure(ai.models.generateContent(ask));
      assert.equal(error.status, 'RESOURCE_EXHAUSTED');
      assert.equal(error.details.find((d) => d['@type'].endsWith('RetryInfo')).retryDelay, '2.500s');
    });
  });

  test('the SDK asks again where it is told to', async () => {
    await withFaults('1-2 status 503', async (ai) => {
      const answer = await ai.models.generateContent({
        ...ask,
        config: { httpOptions: { retryOptions: { attempts: 3, initialDelay: 0.01, maxDelay: 0.05, jitter: 0 } } },
      });
      assert.ok(answer.text);
    });
  });

  test('a page of HTML is an error with its text', async () => {
    await withFaults('* html 502', async (ai) => {
      const error = await failure(ai.models.generateContent(ask));
      assert.equal(error.code, 502);
      assert.match(error.message, /DOCTYPE/);
    });
  });

  test('an error in a stream ends it', async () => {
    await withFaults('* stream-error 1', async (ai) => {
      const chunks = [];
      const error = await failure((async () => {
        for await (const chunk of await ai.models.generateContentStream(ask))
          chunks.push(chunk);
      })());
      assert.equal(error.status, 'UNAVAILABLE');
      assert.equal(chunks.length, 1);
    }, ['--stream-delay', '50']); // the SDK knows the error by its coming alone
  });

  test('a connection that closes in a stream is noticed', async () => {
    await withFaults('* stream-cut 1', async (ai) => {
      const chunks = [];
      await assert.rejects(async () => {
        for await (const chunk of await ai.models.generateContentStream(ask))
          chunks.push(chunk);
      });
      assert.equal(chunks.length, 1);
      assert.equal(chunks[0].candidates[0].finishReason, undefined);
    });
  });
});

group('streamGenerateContent', ['--stream-delay', '5'], (emulator) => {
  test('pieces add up to the whole answer', async () => {
    const rectangles = Array.from({ length: 20 }, (_, i) => ({ x: 5 + 30 * i, y: 20, width: 20, height: 60, color: kRed }));
    const ask = { model: kModel, contents: [inline(png(600, 100, rectangles)), kBoxes] };
    const chunks = await collect(await emulator.ai.models.generateContentStream(ask));
    assert.ok(chunks.length > 4, `${chunks.length} chunks`);
    const whole = await emulator.ai.models.generateContent(ask);
    assert.equal(chunks.map((chunk) => chunk.text).join(''), whole.text);
    assert.deepEqual(chunks.map((chunk) => chunk.candidates[0].finishReason),
      [...Array(chunks.length - 1).fill(undefined), 'STOP']);
    const tokens = chunks.map((chunk) => chunk.usageMetadata.candidatesTokenCount);
    assert.deepEqual(tokens, [...tokens].sort((a, b) => a - b));
    assert.equal(tokens.at(-1), whole.usageMetadata.candidatesTokenCount);
    assert.equal(new Set(chunks.map((chunk) => chunk.responseId)).size, 1);
  });

  test('an error before the stream is an error of the call', async () => {
    const error = await failure(emulator.ai.models.generateContentStream({ model: 'gemini-9', contents: 'Hello' }));
    assert.equal(error.code, 404);
  });
});

group('countTokens and models', [], (emulator) => {
  test('tokens of a text and a picture are counted', async () => {
    const count = await emulator.ai.models.countTokens({
      model: 'gemini-2.5-flash',
      contents: [inline(redRectangle()), 'hello there!'],
    });
    assert.equal(count.totalTokens, 258 + 4);
  });

  test('a model is described', async () => {
    const model = await emulator.ai.models.get({ model: 'gemini-2.5-flash' });
    assert.equal(model.name, 'models/gemini-2.5-flash');
    assert.equal(model.inputTokenLimit, 1048576);
    assert.ok(model.supportedActions.includes('generateContent'));
    assert.equal((await failure(emulator.ai.models.get({ model: 'gemini-9' }))).code, 404);
  });

  test('models are listed over several pages', async () => {
    const names = [];
    for await (const model of await emulator.ai.models.list({ config: { pageSize: 5 } }))
      names.push(model.name);
    assert.ok(names.length > 10);
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.includes('models/gemini-3.8-flash'));
  });
});

group('files', [], (emulator) => {
  const dir = mkdtempSync(join(tmpdir(), 'sdk-'));
  after(() => rmSync(dir, { recursive: true }));

  test('a small file is uploaded, used, listed and deleted', async () => {
    const path = join(dir, 'small.png');
    writeFileSync(path, redRectangle());
    const { files, models } = emulator.ai;
    const file = await files.upload({ file: path, config: { displayName: 'a red one', mimeType: 'image/png' } });
    assert.match(file.name, /^files\/[a-z0-9-]{1,40}$/);
    assert.equal(file.displayName, 'a red one');
    assert.equal(file.mimeType, 'image/png');
    assert.equal(file.sizeBytes, String(readFileSync(path).length));
    assert.equal(file.state, 'ACTIVE');
    assert.ok(Date.parse(file.expirationTime) - Date.parse(file.createTime) > 47 * 3600e3);
    assert.deepEqual((await files.get({ name: file.name })).uri, file.uri);

    const answer = await models.generateContent({
      model: kModel,
      contents: [{ fileData: { fileUri: file.uri, mimeType: file.mimeType } }, 'What is this?'],
    });
    assert.equal(answer.text, 'The picture shows a red rectangle.');

    const names = [];
    for await (const listed of await files.list({ config: { pageSize: 10 } }))
      names.push(listed.name);
    assert.ok(names.includes(file.name));
    await files.delete({ name: file.name });
    assert.equal((await failure(files.get({ name: file.name }))).code, 403);
  });

  test('a file of 17 MiB comes in three pieces and is looked at', async () => {
    // Without compression: its size is that of its pixels.
    const picture = png(2500, 2400, [{ x: 500, y: 480, width: 1000, height: 960, color: kBlue }], 0);
    assert.ok(picture.length > 17 << 20);
    const path = join(dir, 'large.png');
    writeFileSync(path, picture);
    const file = await emulator.ai.files.upload({ file: path, config: { mimeType: 'image/png' } });
    assert.equal(file.sizeBytes, String(picture.length));
    const answer = await emulator.ai.models.generateContent({
      model: kModel,
      contents: [{ fileData: { fileUri: file.uri, mimeType: file.mimeType } }, 'What is this?'],
    });
    assert.equal(answer.text, 'The picture shows a blue rectangle.');
    await emulator.ai.files.delete({ name: file.name });
  });

  test('a blob under a name of its own is uploaded', async () => {
    const blob = new Blob([redRectangle()], { type: 'image/png' });
    const file = await emulator.ai.files.upload({ file: blob, config: { name: 'my-picture' } });
    assert.equal(file.name, 'files/my-picture');
    assert.equal((await emulator.ai.files.get({ name: 'my-picture' })).mimeType, 'image/png');
  });
});

group('Vertex AI', [], (emulator) => {
  // A client of Google's own library that has its token already.
  function withToken(token) {
    const { OAuth2Client } = require('google-auth-library');
    const authClient = new OAuth2Client();
    authClient.setCredentials({ access_token: token, expiry_date: Date.now() + 3600e3 });
    return new GoogleGenAI({
      vertexai: true,
      project: 'a-project',
      location: 'europe-west4',
      googleAuthOptions: { authClient },
      httpOptions: { baseUrl: emulator.url },
    });
  }
  const ask = { model: 'gemini-2.5-flash', contents: [inline(redRectangle()), { text: 'What is this?' }] };

  test('a project and a token', async () => {
    const ai = withToken(kKey);
    assert.equal((await ai.models.generateContent(ask)).text, 'The picture shows a red rectangle.');
    const chunks = await collect(await ai.models.generateContentStream(ask));
    assert.equal(chunks.map((chunk) => chunk.text).join(''), 'The picture shows a red rectangle.');
    const count = await ai.models.countTokens({ ...ask, config: { systemInstruction: 'Be brief.' } });
    assert.ok(count.totalTokens > 258);
  });

  test('a bad token is not authenticated', async () => {
    const error = await failure(withToken('expired').models.generateContent(ask));
    assert.equal(error.code, 401);
    assert.equal(error.status, 'UNAUTHENTICATED');
  });

  test('fields that only exist there are understood there only', async () => {
    const config = { labels: { team: 'a' } };
    assert.ok((await withToken(kKey).models.generateContent({ ...ask, config })).text);
    const extraBody = { labels: { team: 'a' } };
    const error = await failure(emulator.ai.models.generateContent({ ...ask, config: { httpOptions: { extraBody } } }));
    assert.equal(error.code, 400);
  });

  test('models are described and listed', async () => {
    const ai = withToken(kKey);
    const model = await ai.models.get({ model: 'gemini-2.5-flash' });
    assert.equal(model.name, 'publishers/google/models/gemini-2.5-flash');
    const names = [];
    for await (const listed of await ai.models.list({ config: { pageSize: 7 } }))
      names.push(listed.name);
    assert.ok(names.includes('publishers/google/models/gemini-3.8-flash'));
    assert.equal((await failure(withToken('expired').models.get({ model: 'gemini-2.5-flash' }))).code, 401);
  });

  test('express mode takes a key', async () => {
    const express = (apiKey) => new GoogleGenAI({ vertexai: true, apiKey, httpOptions: { baseUrl: emulator.url } });
    assert.equal((await express(kKey).models.generateContent(ask)).text, 'The picture shows a red rectangle.');
    const chunks = await collect(await express(kKey).models.generateContentStream(ask));
    assert.ok(chunks.length > 0);
    assert.equal((await express(kKey).models.get({ model: 'gemini-2.5-flash' })).name,
      'publishers/google/models/gemini-2.5-flash');
    assert.equal((await failure(express('another').models.generateContent(ask))).code, 400);
  });
});
