// HTTP in front of a stdio server: what lets the official conformance suite, which speaks HTTP only, test a stdio proxy.
//
//   node bridge.mjs COMMAND...     prints the port; ends when its standard input ends
//
// Sessions with `initialize` have a child each. Requests of the stateless revision share one child; ids are made unique on the way in and
// mapped back. Rules of HTTP (headers, origin, status codes) are kept here: the server behind speaks stdio. Plain Node, no packages.
import {spawn} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {createServer} from 'node:http';
import {createInterface} from 'node:readline';

const MODERN = '2026-07-28';
const LEGACY = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
const META = 'io.modelcontextprotocol/';
const SUBSCRIPTION = META + 'subscriptionId';
const command = process.argv.slice(2);
const children = new Set();

/// A stdio server and the HTTP answers that wait for it.
class Link {
  constructor() {
    this.open = new Map();    // id at the child -> {stream, id, token, listens}
    this.standing = null;     // the GET stream
    this.next = 0;
    this.tools = null;        // name -> input schema, asked for when needed
    this.child = spawn(command[0], command.slice(1), {stdio: ['pipe', 'pipe', 'inherit']});
    children.add(this.child);
    this.child.stdin.on('error', () => {});
    this.child.on('exit', () => { children.delete(this.child); this.end(); });
    createInterface({input: this.child.stdout}).on('line', (line) => this.fromChild(line));
  }

  end() {
    for (const {stream} of this.open.values()) {
      stream.close();
    }
    this.open.clear();
    this.standing?.close();
  }
  kill() { this.child.stdin.end(); }
  toChild(message) { this.child.stdin.write(JSON.stringify(message) + '\n'); }

  request(message, stream) {
    const id = this.next++;
    this.open.set(id, {stream, id: message.id, token: message.params?._meta?.progressToken, listens: message.method === 'subscriptions/listen'});
    stream.gone = () => {
      if (this.open.delete(id)) {
        this.toChild({jsonrpc: '2.0', method: 'notifications/cancelled', params: {requestId: id, reason: 'the client went away'}});
      }
    };
    this.toChild({...message, id});
  }
  ask(method, params) {
    return new Promise((done) => this.request({jsonrpc: '2.0', id: 'bridge', method, params}, {write: () => {}, finish: done, close: () => done({})}));
  }
  notification(message) {
    if (message.method === 'notifications/cancelled') {
      const found = [...this.open].find(([, entry]) => entry.id === message.params?.requestId);
      message = {...message, params: {...message.params, requestId: found ? found[0] : message.params?.requestId}};
    }
    this.toChild(message);
  }

  fromChild(line) {
    const message = JSON.parse(line);
    if (message.method === undefined) {
      const entry = this.open.get(message.id);
      if (entry) {
        this.open.delete(message.id);
        entry.stream.finish({...message, id: entry.id});
      }
      return;
    }
    this.streamFor(message)?.write(message);
  }

  /// Which answer a message of the server's own belongs to: by token, by subscription, else the newest that is open.
  streamFor(message) {
    const entries = [...this.open.values()];
    const subscription = message.params?._meta?.[SUBSCRIPTION];
    if (subscription !== undefined) {
      const entry = this.open.get(subscription);
      if (entry) {
        message.params._meta[SUBSCRIPTION] = entry.id;
      }
      return entry?.stream;
    }
    if (message.method === 'notifications/progress') {
      return entries.find((entry) => entry.token === message.params?.progressToken)?.stream;
    }
    if (message.method.endsWith('list_changed') && this.standing) {
      return this.standing;
    }
    return entries.findLast((entry) => !entry.listens)?.stream ?? this.standing;
  }
}

/// An HTTP answer as server-sent events, or as one JSON value when it is an error of the request itself.
class Stream {
  constructor(response, modern) {
    Object.assign(this, {response, modern, gone: () => {}});
    response.on('close', () => this.gone());
  }
  begin() {
    if (!this.response.headersSent) {
      this.response.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no'});
    }
  }
  write(message) {
    this.begin();
    this.response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  }
  finish(message) {
    this.gone = () => {};
    const status = this.modern && !this.response.headersSent ? statusOf(message.error?.code) : 200;
    if (status !== 200) {
      return sendJson(this.response, status, message);
    }
    this.write(message);
    return this.response.end();
  }
  close() { this.response.end(); }
}

const statusOf = (code) => ({'-32601': 404, '-32602': 400, '-32600': 400, '-32020': 400, '-32021': 400, '-32022': 400})[code] ?? 200;

function sendJson(response, status, value) {
  response.writeHead(status, {'content-type': 'application/json'});
  response.end(JSON.stringify(value));
}
const refuse = (response, status, code, message, id = null, data = undefined) =>
  sendJson(response, status, {jsonrpc: '2.0', id, error: {code, message, ...(data ? {data} : {})}});

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
function isLocal(request) {
  const origin = request.headers.origin;
  return LOCAL.test(request.headers.host ?? '') && (origin === undefined || LOCAL.test(origin.replace(/^https?:\/\//, '')));
}

// ---- the stateless revision ----

let shared = null;
/// The first message of the shared child is a valid one: a server that settles on an era by its first message settles on this.
async function sharedLink() {
  if (!shared || shared.child.exitCode !== null) {
    shared = new Link();
    await shared.ask('server/discover', {_meta: {[META + 'protocolVersion']: MODERN, [META + 'clientCapabilities']: {},
                                                [META + 'clientInfo']: {name: 'bridge', version: '1'}}});
  }
  return shared;
}

function decodeHeader(value) {
  const match = /^=\?base64\?(.*)\?=$/s.exec(value);
  if (!match) {
    return value;
  }
  const bytes = Buffer.from(match[1], 'base64');
  return bytes.toString('base64') === match[1] ? bytes.toString('utf8') : null;
}

function namedItem(message) {
  return {'tools/call': message.params?.name, 'prompts/get': message.params?.name, 'resources/read': message.params?.uri,
          'tasks/get': message.params?.taskId, 'tasks/update': message.params?.taskId, 'tasks/cancel': message.params?.taskId}[message.method];
}

/// What is wrong with the headers, or null.
async function headerFault(link, message, headers) {
  const version = message.params?._meta?.[META + 'protocolVersion'];
  if (headers['mcp-protocol-version'] === undefined || (version !== undefined && headers['mcp-protocol-version'] !== version)) {
    return 'MCP-Protocol-Version does not say what the body says';
  }
  if (headers['mcp-method'] !== message.method) {
    return 'Mcp-Method does not say what the body says';
  }
  const item = namedItem(message);
  if (item !== undefined && decodeHeader(headers['mcp-name'] ?? '') !== item) {
    return 'Mcp-Name does not say what the body says';
  }
  return message.method === 'tools/call' ? parameterFault(link, message, headers) : null;
}

async function parameterFault(link, message, headers) {
  link.tools ??= link.ask('tools/list', {_meta: {[META + 'protocolVersion']: MODERN, [META + 'clientCapabilities']: {}}})
    .then((answer) => new Map((answer.result?.tools ?? []).map((tool) => [tool.name, tool.inputSchema])));
  const properties = (await link.tools).get(message.params?.name)?.properties ?? {};
  for (const [name, schema] of Object.entries(properties)) {
    if (schema['x-mcp-header'] === undefined) {
      continue;
    }
    const header = headers[`mcp-param-${schema['x-mcp-header'].toLowerCase()}`];
    const value = message.params?.arguments?.[name];
    const said = header === undefined ? undefined : decodeHeader(header);
    if (value === undefined || value === null ? said !== undefined : said !== String(value)) {
      return `Mcp-Param-${schema['x-mcp-header']} does not say what the body says`;
    }
  }
  return null;
}

async function modernPost(message, request, response) {
  const version = message.params?._meta?.[META + 'protocolVersion'];
  if (message.id === undefined) {
    (await sharedLink()).notification(message);
    response.writeHead(202).end();
    return;
  }
  const link = await sharedLink();
  const fault = await headerFault(link, message, request.headers);
  if (fault && !(version === undefined && request.headers['mcp-method'] === message.method)) {
    refuse(response, 400, -32020, fault, message.id);
    return;
  }
  link.request(message, new Stream(response, true));
}

// ---- sessions ----

const sessions = new Map();

function legacyPost(message, request, response) {
  if (message.method === 'initialize') {
    const id = randomUUID();
    const link = new Link();
    sessions.set(id, link);
    response.setHeader('mcp-session-id', id);
    link.request(message, new Stream(response, false));
    return;
  }
  const link = sessionOf(request, response);
  if (!link) {
    return;
  }
  if (message.method !== undefined && message.id !== undefined) {
    link.request(message, new Stream(response, false));
    return;
  }
  message.method === undefined ? link.toChild(message) : link.notification(message);
  response.writeHead(202).end();
}

function sessionOf(request, response) {
  const id = request.headers['mcp-session-id'];
  if (id === undefined) {
    refuse(response, 400, -32600, 'Mcp-Session-Id is missing');
    return null;
  }
  if (!sessions.has(id)) {
    refuse(response, 404, -32600, 'no such session');
    return null;
  }
  const version = request.headers['mcp-protocol-version'];
  if (version !== undefined && !LEGACY.includes(version)) {
    refuse(response, 400, -32600, 'unsupported MCP-Protocol-Version');
    return null;
  }
  return sessions.get(id);
}

function isModern(message, request) {
  const meta = message.params?._meta ?? {};
  const version = request.headers['mcp-protocol-version'];
  return Object.keys(meta).some((name) => name.startsWith(META)) || message.method === 'server/discover' ||
         (request.headers['mcp-session-id'] === undefined && message.method !== 'initialize' && version !== undefined && !LEGACY.includes(version));
}

async function post(request, response) {
  const pieces = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  let message;
  try {
    message = JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    refuse(response, 400, -32700, 'Parse error');
    return;
  }
  if (message === null || typeof message !== 'object' || Array.isArray(message) || message.jsonrpc !== '2.0') {
    refuse(response, 400, -32600, 'Invalid Request');
    return;
  }
  await (isModern(message, request) ? modernPost(message, request, response) : legacyPost(message, request, response));
}

function get(request, response) {
  if (request.headers['mcp-session-id'] === undefined) {
    response.writeHead(405, {allow: 'POST'}).end();
    return;
  }
  const link = sessionOf(request, response);
  if (link) {
    link.standing = new Stream(response, false);
    link.standing.begin();
    response.flushHeaders();
  }
}

function remove(request, response) {
  if (request.headers['mcp-session-id'] === undefined) {
    response.writeHead(405, {allow: 'POST'}).end();
    return;
  }
  const link = sessionOf(request, response);
  if (link) {
    sessions.delete(request.headers['mcp-session-id']);
    link.kill();
    response.writeHead(200).end();
  }
}

const server = createServer((request, response) => {
  if (!isLocal(request)) {
    refuse(response, 403, -32600, 'this host or origin is not allowed');
    return;
  }
  const handler = {POST: post, GET: get, DELETE: remove}[request.method];
  if (!handler || new URL(request.url, 'http://localhost').pathname !== '/mcp') {
    response.writeHead(handler ? 404 : 405).end();
    return;
  }
  Promise.resolve(handler(request, response)).catch((error) => {
    process.stderr.write(`bridge: ${error.stack}\n`);
    response.headersSent ? response.end() : refuse(response, 500, -32603, 'the bridge failed');
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume().on('end', () => {
  for (const child of children) {
    child.stdin.end();
  }
  setTimeout(() => process.exit(0), children.size > 0 ? 1000 : 0);
});
