// A server over stdio, in both protocol eras, for the official conformance suite. Plain Node, no packages.
import {createInterface} from 'node:readline';
import {PROMPTS, RESOURCES, RpcError, TEMPLATES, TOOLS, readResource, text} from './fixture_content.mjs';
import {EXTENSION, TASK_METHODS, TASK_TOOLS} from './fixture_tasks.mjs';

const MODERN = '2026-07-28';
const LEGACY = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
const META = 'io.modelcontextprotocol/';
const INFO = {name: 'merlon-conformance-fixture', version: '1.0.0'};
const CAPABILITIES = {tools: {listChanged: true}, prompts: {listChanged: true}, resources: {subscribe: true, listChanged: true}, completions: {}};
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];
const CACHED = {ttlMs: 60000, cacheScope: 'private'};
const CACHEABLE = new Set(['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list', 'resources/read', 'server/discover']);

const waiting = new Map();        // our requests, by id
const subscriptions = new Map();  // subscriptions/listen, by id: the filter
const running = new Set();        // ids of requests that were not cancelled
let ownIds = 0;
let legacyLevel = 'debug';
let clientCapabilities = {};

const send = (message) => process.stdout.write(JSON.stringify({jsonrpc: '2.0', ...message}) + '\n');
const notify = (method, params) => send({method, ...(params ? {params} : {})});
const ALL_TOOLS = [...TOOLS, ...TASK_TOOLS];
const withoutRun = ({run, contents, ...definition}) => definition;

function requestClient(method, params) {
  const capability = {'sampling/createMessage': 'sampling', 'elicitation/create': 'elicitation'}[method];
  if (clientCapabilities[capability] === undefined) {
    return Promise.reject(new Error(`the client does not support ${capability}`));
  }
  const id = ownIds++;
  send({id, method, params});
  return new Promise((done, failed) => waiting.set(id, {done, failed}));
}

const CHANGES = {tools: 'notifications/tools/list_changed', prompts: 'notifications/prompts/list_changed', resources: 'notifications/resources/list_changed'};
const FILTERS = {tools: 'toolsListChanged', prompts: 'promptsListChanged', resources: 'resourcesListChanged'};

/// What a tool, prompt or resource may do while it runs.
function callOf(message, modern) {
  const params = message.params ?? {};
  const meta = params._meta ?? {};
  return {
    arguments: params.arguments ?? {},
    inputResponses: params.inputResponses,
    requestState: params.requestState,
    clientCapabilities: modern ? meta[META + 'clientCapabilities'] : {},
    request: requestClient,
    log(level, data) {
      const wanted = modern ? meta[META + 'logLevel'] : legacyLevel;
      if (wanted !== undefined && LEVELS.indexOf(level) >= LEVELS.indexOf(wanted)) {
        notify('notifications/message', {level, logger: 'fixture', data});
      }
    },
    progress(progress, total) {
      if (meta.progressToken !== undefined) {
        notify('notifications/progress', {progressToken: meta.progressToken, progress, total});
      }
    },
    changed(list) {
      if (!modern) {
        notify(CHANGES[list]);
      }
      for (const [id, filter] of subscriptions) {
        if (filter[FILTERS[list]]) {
          notify(CHANGES[list], {_meta: {[META + 'subscriptionId']: id}});
        }
      }
    },
  };
}

function find(list, name, what) {
  const found = list.find((item) => item.name === name);
  if (!found) {
    throw new RpcError(-32602, `Unknown ${what}: ${name}`);
  }
  return found;
}

async function callTool(message, modern) {
  const tool = find(modern ? ALL_TOOLS : TOOLS, message.params?.name, 'tool');
  try {
    return await tool.run(callOf(message, modern));
  } catch (error) {
    if (error instanceof RpcError) {
      throw error;
    }
    return {isError: true, content: [text(error.message)]};
  }
}

function listen(message) {
  const wanted = message.params?.notifications ?? {};
  const filter = Object.fromEntries(Object.values(FILTERS).filter((name) => wanted[name]).map((name) => [name, true]));
  if (Array.isArray(wanted.resourceSubscriptions)) {
    filter.resourceSubscriptions = wanted.resourceSubscriptions;
  }
  subscriptions.set(message.id, filter);
  notify('notifications/subscriptions/acknowledged', {_meta: {[META + 'subscriptionId']: message.id}, notifications: filter});
  return undefined;   // stays open
}

const COMMON = {
  'tools/list': (message, modern) => ({tools: (modern ? ALL_TOOLS : TOOLS).map(withoutRun)}),
  'tools/call': callTool,
  'prompts/list': () => ({prompts: PROMPTS.map(withoutRun)}),
  'prompts/get': (message, modern) => find(PROMPTS, message.params?.name, 'prompt').run(callOf(message, modern)),
  'resources/list': () => ({resources: RESOURCES.map(withoutRun)}),
  'resources/templates/list': () => ({resourceTemplates: TEMPLATES}),
  'resources/read': (message) => readResource(message.params?.uri),
  'completion/complete': (message) => {
    const values = ['paris', 'park', 'party'].filter((value) => value.startsWith(message.params?.argument?.value ?? ''));
    return {completion: {values, total: values.length, hasMore: false}};
  },
};
const ONLY_LEGACY = {
  ping: () => ({}),
  'logging/setLevel': (message) => {
    if (!LEVELS.includes(message.params?.level)) {
      throw new RpcError(-32602, 'unknown level');
    }
    legacyLevel = message.params.level;
    return {};
  },
  'resources/subscribe': () => ({}),
  'resources/unsubscribe': () => ({}),
  initialize: (message) => {
    clientCapabilities = message.params?.capabilities ?? {};
    const asked = message.params?.protocolVersion;
    return {protocolVersion: LEGACY.includes(asked) ? asked : LEGACY[0], capabilities: {...CAPABILITIES, logging: {}}, serverInfo: INFO,
            instructions: 'Offers what the conformance scenarios ask for.'};
  },
};
const ONLY_MODERN = {
  'server/discover': () => ({supportedVersions: [MODERN, ...LEGACY], capabilities: {...CAPABILITIES, extensions: {[EXTENSION]: {}}}, serverInfo: INFO}),
  'subscriptions/listen': listen,
  ...Object.fromEntries(Object.entries(TASK_METHODS).map(([name, run]) => [name, (message) => run(message, callOf(message, true))])),
};

/// The era of a request is what it says itself: this server keeps none.
function isModern(message) {
  const meta = message.params?._meta;
  if (message.method === 'server/discover') {
    return true;
  }
  return meta !== undefined && Object.keys(meta).some((name) => name.startsWith(META) && !name.endsWith('related-task'));
}

function checkModern(message) {
  const meta = message.params?._meta ?? {};
  const version = meta[META + 'protocolVersion'];
  if (typeof version !== 'string') {
    throw new RpcError(-32602, `_meta lacks ${META}protocolVersion`);
  }
  if (version !== MODERN) {
    throw new RpcError(-32022, 'Unsupported protocol version', {supported: [MODERN], requested: version});
  }
  if (typeof meta[META + 'clientCapabilities'] !== 'object' || meta[META + 'clientCapabilities'] === null) {
    throw new RpcError(-32602, `_meta lacks ${META}clientCapabilities`);
  }
}

async function answer(message) {
  const modern = isModern(message);
  if (modern) {
    checkModern(message);
  }
  const methods = {...COMMON, ...(modern ? ONLY_MODERN : ONLY_LEGACY)};
  if (!Object.hasOwn(methods, message.method)) {
    throw new RpcError(-32601, 'Method not found');
  }
  const result = await methods[message.method](message, modern);
  if (!modern || result === undefined) {
    return result;
  }
  return {resultType: 'complete', ...(CACHEABLE.has(message.method) ? CACHED : {}), ...result, _meta: {[META + 'serverInfo']: INFO}};
}

async function serve(message) {
  running.add(message.id);
  let reply;
  try {
    const result = await answer(message);
    reply = result === undefined ? undefined : {id: message.id, result};
  } catch (error) {
    const code = error instanceof RpcError ? error.code : -32603;
    reply = {id: message.id, error: {code, message: error.message, ...(error.data ? {data: error.data} : {})}};
  }
  if (reply && running.delete(message.id)) {
    send(reply);
  }
}

function receive(line) {
  let message;
  try {
    message = JSON.parse(line);
  } catch {
    return;
  }
  if (message.method !== undefined && message.id !== undefined) {
    serve(message);
  } else if (message.method === 'notifications/cancelled') {
    running.delete(message.params?.requestId);
    subscriptions.delete(message.params?.requestId);
  } else if (message.method === undefined && waiting.has(message.id)) {
    const {done, failed} = waiting.get(message.id);
    waiting.delete(message.id);
    message.error ? failed(new Error(message.error.message)) : done(message.result);
  }
}

createInterface({input: process.stdin, terminal: false}).on('line', receive).on('close', () => process.exit(0));
