// The tasks extension of 2026-07-28 (io.modelcontextprotocol/tasks): tools whose answer comes later.
import {randomUUID} from 'node:crypto';
import {RpcError, form, given, accepted, ask, object, text} from './fixture_content.mjs';

export const EXTENSION = 'io.modelcontextprotocol/tasks';
const TTL = 300000;
const tasks = new Map();
const now = () => new Date().toISOString();
const string = {type: 'string'};
const has = (call) => call.clientCapabilities?.extensions?.[EXTENSION] !== undefined;
const missing = () => new RpcError(-32021, `the client lacks the extension ${EXTENSION}`,
                                   {requiredCapabilities: {extensions: {[EXTENSION]: {}}}});

/// What is told of a task; `result`, `error` and `inputRequests` where its status has them.
const described = ({taskId, status, createdAt, lastUpdatedAt, ...more}) =>
  ({taskId, status, createdAt, lastUpdatedAt, ttlMs: TTL, pollIntervalMs: 100,
    ...(status === 'completed' ? {result: more.result} : {}), ...(status === 'failed' ? {error: more.error} : {}),
    ...(status === 'input_required' ? {inputRequests: more.inputRequests} : {})});

function settle(task, status, more = {}) {
  if (['completed', 'failed', 'cancelled'].includes(task.status)) {
    return;
  }
  clearTimeout(task.timer);
  Object.assign(task, {status, lastUpdatedAt: now()}, more);
}

function create(begin) {
  const task = {taskId: randomUUID(), status: 'working', createdAt: now(), lastUpdatedAt: now()};
  tasks.set(task.taskId, task);
  begin(task);
  return {resultType: 'task', ...described({...task, status: task.status === 'input_required' ? 'working' : task.status})};
}

const done = (value) => ({resultType: 'complete', content: [text(value)]});
const after = (task, seconds, ...settled) => { task.timer = setTimeout(() => settle(task, ...settled), seconds * 1000); };
const waitFor = (task, inputRequests, finish) => settle(task, 'input_required', {inputRequests, answers: {}, finish});
const sleep = (seconds) => new Promise((ready) => setTimeout(ready, seconds * 1000));

/// A tool that answers with a task when the client takes tasks; `direct` answers others, if they can be answered.
const tool = (name, description, properties, begin, direct) => ({
  name, description, inputSchema: object(properties),
  run(call) {
    if (has(call)) {
      return create((task) => begin(task, call));
    }
    if (!direct) {
      throw missing();
    }
    return direct(call);
  },
});

export const TASK_TOOLS = [
  {name: 'greet', description: 'Greets', inputSchema: object({name: string}),
   run: (call) => ({content: [text(`Hello, ${call.arguments.name}!`)]})},
  tool('slow_compute', 'Computes for a while', {seconds: {type: 'number'}, label: string},
       (task, call) => after(task, call.arguments.seconds ?? 0, 'completed', {result: done(`computed ${call.arguments.label}`)}),
       async (call) => { await sleep(call.arguments.seconds ?? 0); return {content: [text(`computed ${call.arguments.label}`)]}; }),
  tool('failing_job', 'Ends with an error of the tool', {},
       (task) => after(task, 0.05, 'completed', {result: {...done('the job failed'), isError: true}})),
  tool('protocol_error_job', 'Ends with an error of the protocol', {},
       (task) => after(task, 0.05, 'failed', {error: {code: -32603, message: 'the job broke'}})),
  tool('confirm_delete', 'Asks before it goes on', {filename: string},
       (task, call) => waitFor(task, {[randomUUID()]: form('Go on?', {confirm: {type: 'boolean'}})}, () => done(`done with ${call.arguments.filename}`))),
  tool('multi_input', 'Asks two things at once', {},
       (task) => waitFor(task, {[randomUUID()]: form('First?', {value: string}), [randomUUID()]: form('Second?', {value: string})}, () => done('both'))),
  {name: 'test_tool_with_task', description: 'Asks, and then takes its time', inputSchema: object(),
   run(call) {
     if (!has(call)) {
       throw missing();
     }
     const answer = given(call, 'user_name', accepted('name'));
     return answer ? create((task) => after(task, 0.05, 'completed', {result: done(`Hello, ${answer.content.name}!`)}))
                   : ask(call, {user_name: form('What is your name?', {name: string})}, {step: 1});
   }},
];

function find(message, call) {
  if (!has(call)) {
    throw missing();
  }
  const task = tasks.get(message.params?.taskId);
  if (!task) {
    throw new RpcError(-32602, 'unknown task', {taskId: message.params?.taskId});
  }
  return task;
}

export const TASK_METHODS = {
  'tasks/get': (message, call) => described(find(message, call)),
  'tasks/cancel': (message, call) => { settle(find(message, call), 'cancelled'); return {}; },
  'tasks/update': (message, call) => {
    const task = find(message, call);
    for (const [name, answer] of Object.entries(message.params?.inputResponses ?? {})) {
      if (task.inputRequests?.[name] !== undefined) {
        delete task.inputRequests[name];
        task.answers[name] = answer;
      }
    }
    if (task.status === 'input_required' && Object.keys(task.inputRequests).length === 0) {
      settle(task, 'completed', {result: task.finish(task.answers)});
    }
    return {};
  },
};
