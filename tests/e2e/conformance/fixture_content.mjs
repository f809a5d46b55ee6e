// What the fixture server offers: the names and texts that the scenarios of @modelcontextprotocol/conformance ask for.
import {createHmac, randomBytes, timingSafeEqual} from 'node:crypto';

export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';

export const text = (value) => ({type: 'text', text: value});
const image = {type: 'image', data: PNG, mimeType: 'image/png'};
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
export const object = (properties = {}, required = []) => ({type: 'object', properties, required});
const string = {type: 'string'};

/// An error that goes to the client as a JSON-RPC error.
export class RpcError extends Error {
  constructor(code, message, data) {
    super(message);
    Object.assign(this, {code, data});
  }
}

// ---- input asked for in results (2026-07-28) ----

const key = randomBytes(32);
const sign = (value) => createHmac('sha256', key).update(value).digest('base64url');
const seal = (state) => {
  const body = Buffer.from(JSON.stringify(state)).toString('base64url');
  return `${body}.${sign(body)}`;
};
function unseal(sealed) {
  const [body, mac] = String(sealed).split('.');
  const expected = Buffer.from(sign(body ?? ''));
  const given = Buffer.from(mac ?? '');
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    throw new RpcError(-32602, 'requestState was changed');
  }
  return JSON.parse(Buffer.from(body, 'base64url').toString());
}

export const form = (message, properties) =>
  ({method: 'elicitation/create', params: {mode: 'form', message, requestedSchema: object(properties, Object.keys(properties))}});
const sampling = (question, maxTokens) => ({
  method: 'sampling/createMessage',
  params: {messages: [{role: 'user', content: text(question)}], maxTokens},
});
const roots = {method: 'roots/list', params: {}};

const NEEDED_CAPABILITY = {'elicitation/create': 'elicitation', 'sampling/createMessage': 'sampling', 'roots/list': 'roots'};

export function ask(call, inputRequests, state) {
  for (const {method} of Object.values(inputRequests)) {
    const capability = NEEDED_CAPABILITY[method];
    if (call.clientCapabilities[capability] === undefined) {
      throw new RpcError(-32021, `the client lacks the capability ${capability}`,
                         {requiredCapabilities: {[capability]: {}}});
    }
  }
  return {resultType: 'input_required', inputRequests, ...(state === undefined ? {} : {requestState: seal(state)})};
}

/// The answer under `name` when it has the right shape; null means: ask again.
export function given(call, name, fits) {
  const value = call.inputResponses?.[name];
  return value !== undefined && value !== null && typeof value === 'object' && fits(value) ? value : null;
}
export const accepted = (...names) => (value) =>
  value.action === 'accept' && names.every((name) => value.content?.[name] !== undefined);
const spoken = (value) => value.content !== undefined && value.role !== undefined;
const listed = (value) => Array.isArray(value.roots);

const asksName = {user_name: form('What is your name?', {name: string})};

function inputTool(name, description, run, extra = {}) {
  return {name: `test_input_required_result_${name}`, description, inputSchema: object(), run, ...extra};
}

const INPUT_TOOLS = [
  inputTool('elicitation', 'Greets by a name that it asks for', (call) => {
    const answer = given(call, 'user_name', accepted('name'));
    return answer ? {content: [text(`Hello, ${answer.content.name}!`)]} : ask(call, asksName);
  }),
  inputTool('sampling', 'Asks the model a question', (call) => {
    const answer = given(call, 'capital_question', spoken);
    return answer ? {content: [text(`The model said: ${answer.content.text ?? JSON.stringify(answer.content)}`)]}
                  : ask(call, {capital_question: sampling('What is the capital of France?', 100)});
  }),
  inputTool('list_roots', 'Names the roots of the client', (call) => {
    const answer = given(call, 'client_roots', listed);
    return answer ? {content: [text(`Roots: ${answer.roots.map((root) => root.uri).join(', ')}`)]}
                  : ask(call, {client_roots: roots});
  }),
  inputTool('request_state', 'Gets its state back', (call) => {
    const answer = given(call, 'confirm', accepted('ok'));
    if (!answer) {
      return ask(call, {confirm: form('Please confirm', {ok: {type: 'boolean'}})}, {step: 1});
    }
    return {content: [text(unseal(call.requestState).step === 1 ? 'state-ok' : 'state-lost')]};
  }),
  inputTool('multiple_inputs', 'Asks for three things at once', (call) => {
    const name = given(call, 'user_name', accepted('name'));
    const greeting = given(call, 'greeting', spoken);
    const found = given(call, 'client_roots', listed);
    if (!name || !greeting || !found) {
      return ask(call, {...asksName, greeting: sampling('Generate a greeting', 50), client_roots: roots}, {step: 1});
    }
    unseal(call.requestState);
    return {content: [text(`${greeting.content.text}, ${name.content.name} with ${found.roots.length} roots`)]};
  }),
  inputTool('multi_round', 'Asks twice', (call) => {
    const state = call.requestState === undefined ? {} : unseal(call.requestState);
    const first = given(call, 'step1', accepted('name'));
    const second = given(call, 'step2', accepted('color'));
    if (state.name !== undefined && second) {
      return {content: [text(`${state.name} likes ${second.content.color}`)]};
    }
    if (first) {
      return ask(call, {step2: form('Step 2: What is your favorite color?', {color: string})}, {round: 2, name: first.content.name});
    }
    return ask(call, {step1: form('Step 1: What is your name?', {name: string})}, {round: 1});
  }),
  inputTool('tampered_state', 'Refuses a state that was changed', (call) => {
    if (call.requestState !== undefined) {
      unseal(call.requestState);
    }
    const answer = given(call, 'confirm', accepted('ok'));
    return answer ? {content: [text('state-ok')]}
                  : ask(call, {confirm: form('Please confirm', {ok: {type: 'boolean'}})}, {step: 1});
  }),
  inputTool('capabilities', 'Asks only for what the client can do', (call) => {
    const wanted = {};
    if (call.clientCapabilities.sampling !== undefined) {
      wanted.capital_question = sampling('What is the capital of France?', 100);
    }
    if (call.clientCapabilities.elicitation !== undefined) {
      Object.assign(wanted, asksName);
    }
    const missing = Object.keys(wanted).filter((name) => call.inputResponses?.[name] === undefined);
    return missing.length > 0 ? ask(call, wanted) : {content: [text('done')]};
  }),
];

// ---- tools ----

const defaultsSchema = object({
  name: {type: 'string', description: 'User name', default: 'John Doe'},
  age: {type: 'integer', description: 'User age', default: 30},
  score: {type: 'number', description: 'User score', default: 95.5},
  status: {type: 'string', description: 'User status', enum: ['active', 'inactive', 'pending'], default: 'active'},
  verified: {type: 'boolean', description: 'Verification status', default: true},
});
const titled = (names) => names.map((title, i) => ({const: `value${i + 1}`, title}));
const enumsSchema = object({
  untitledSingle: {type: 'string', enum: ['option1', 'option2', 'option3']},
  titledSingle: {type: 'string', oneOf: titled(['First Option', 'Second Option', 'Third Option'])},
  legacyEnum: {type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option One', 'Option Two', 'Option Three']},
  untitledMulti: {type: 'array', items: {type: 'string', enum: ['option1', 'option2', 'option3']}},
  titledMulti: {type: 'array', items: {anyOf: titled(['First Choice', 'Second Choice', 'Third Choice'])}},
});

const elicits = (name, message, schema) => ({
  name, description: `Asks the user: ${message}`, inputSchema: object(),
  async run(call) {
    const answer = await call.request('elicitation/create', {message, requestedSchema: schema});
    return {content: [text(`Elicitation completed: action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`)]};
  },
});
const gives = (name, description, ...content) => ({name, description, inputSchema: object(), run: () => ({content})});

export const TOOLS = [
  gives('test_simple_text', 'Gives a text', text('This is a simple text response for testing.')),
  gives('test_image_content', 'Gives an image', image),
  gives('test_audio_content', 'Gives a sound', {type: 'audio', data: WAV, mimeType: 'audio/wav'}),
  gives('test_embedded_resource', 'Gives a resource',
        {type: 'resource', resource: {uri: 'test://embedded-resource', mimeType: 'text/plain', text: 'This is an embedded resource content.'}}),
  gives('test_multiple_content_types', 'Gives a text, an image and a resource', text('Multiple content types test:'), image,
        {type: 'resource', resource: {uri: 'test://mixed-content-resource', mimeType: 'application/json', text: '{"test":"data","value":123}'}}),
  {name: 'test_error_handling', description: 'Always fails', inputSchema: object(),
   run: () => ({isError: true, content: [text('This tool intentionally returns an error for testing')]})},
  {name: 'test_tool_with_logging', description: 'Logs three times', inputSchema: object(),
   async run(call) {
     for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
       call.log('info', line);
       await wait(50);
     }
     return {content: [text('Tool with logging executed')]};
   }},
  {name: 'test_tool_with_progress', description: 'Reports progress three times', inputSchema: object(),
   async run(call) {
     for (const progress of [0, 50, 100]) {
       call.progress(progress, 100);
       await wait(50);
     }
     return {content: [text('Tool with progress executed')]};
   }},
  {name: 'test_sampling', description: 'Asks the model of the client', inputSchema: object({prompt: string}, ['prompt']),
   async run(call) {
     const answer = await call.request('sampling/createMessage',
                                       {messages: [{role: 'user', content: text(call.arguments.prompt)}], maxTokens: 100});
     return {content: [text(`LLM response: ${answer.content?.text ?? ''}`)]};
   }},
  {name: 'test_elicitation', description: 'Asks the user', inputSchema: object({message: string}, ['message']),
   async run(call) {
     const requestedSchema = object({username: {type: 'string', description: "User's response"},
                                     email: {type: 'string', description: "User's email address"}}, ['username', 'email']);
     const answer = await call.request('elicitation/create', {message: call.arguments.message, requestedSchema});
     return {content: [text(`User response: action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`)]};
   }},
  elicits('test_elicitation_sep1034_defaults', 'Please check the defaults', defaultsSchema),
  elicits('test_elicitation_sep1330_enums', 'Please choose', enumsSchema),
  {name: 'json_schema_2020_12_tool', description: 'Tool with JSON Schema 2020-12 features',
   inputSchema: {
     $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object',
     $defs: {address: {$anchor: 'addressDef', type: 'object', properties: {street: string, city: string}}},
     properties: {name: string, address: {$ref: '#/$defs/address'},
                  contactMethod: {type: 'string', enum: ['phone', 'email']}, phone: string, email: string},
     allOf: [{anyOf: [{required: ['phone']}, {required: ['email']}]}],
     if: {properties: {contactMethod: {const: 'phone'}}, required: ['contactMethod']},
     then: {required: ['phone']}, else: {required: ['email']},
     additionalProperties: false,
   },
   run: () => ({content: [text('done')]})},
  {name: 'test_custom_header', description: 'Has an argument that also stands in an HTTP header',
   inputSchema: object({region: {type: 'string', 'x-mcp-header': 'Region'}, query: string}),
   run: (call) => ({content: [text(`region ${call.arguments.region}`)]})},
  gives('test_reconnection', 'Gives a text to a client that may have gone and come back', text('Still here.')),
  {name: 'test_trigger_tool_change', description: 'Says that the tools have changed', inputSchema: object(),
   run: (call) => { call.changed('tools'); return {content: [text('told')]}; }},
  {name: 'test_trigger_prompt_change', description: 'Says that the prompts have changed', inputSchema: object(),
   run: (call) => { call.changed('prompts'); return {content: [text('told')]}; }},
  {name: 'test_missing_capability', description: 'Needs the model of the client', inputSchema: object(),
   run: (call) => given(call, 'capital_question', spoken) ? {content: [text('done')]}
                                                          : ask(call, {capital_question: sampling('What is the capital of France?', 100)})},
  {name: 'test_streaming_elicitation', description: 'Reports progress and asks the user', inputSchema: object(),
   run(call) {
     call.progress(1, 2);
     return ask(call, asksName);
   }},
  {name: 'test_logging_tool', description: 'Logs what the request asks for', inputSchema: object(),
   run(call) {
     call.log('info', 'logged');
     return {content: [text('logged')]};
   }},
  ...INPUT_TOOLS,
];

// ---- prompts and resources ----

const says = (...contents) => ({messages: contents.map((content) => ({role: 'user', content}))});
export const PROMPTS = [
  {name: 'test_simple_prompt', description: 'A prompt', run: () => says(text('This is a simple prompt for testing.'))},
  {name: 'test_prompt_with_arguments', description: 'A prompt with two arguments',
   arguments: [{name: 'arg1', description: 'First test argument', required: true}, {name: 'arg2', description: 'Second test argument', required: true}],
   run: ({arguments: a}) => says(text(`Prompt with arguments: arg1='${a.arg1}', arg2='${a.arg2}'`))},
  {name: 'test_prompt_with_embedded_resource', description: 'A prompt with a resource',
   arguments: [{name: 'resourceUri', description: 'URI of the resource to embed', required: true}],
   run: ({arguments: a}) => says({type: 'resource', resource: {uri: a.resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.'}},
                                 text('Please process the embedded resource above.'))},
  {name: 'test_prompt_with_image', description: 'A prompt with an image',
   run: () => says(image, text('Please analyze the image above.'))},
  {name: 'test_input_required_result_prompt', description: 'A prompt that asks first',
   run(call) {
     const answer = given(call, 'user_context', accepted('context'));
     return answer ? says(text(`Context: ${answer.content.context}`))
                   : ask(call, {user_context: form('What context should the prompt use?', {context: string})});
   }},
];

export const RESOURCES = [
  {uri: 'test://static-text', name: 'static-text', description: 'A text', mimeType: 'text/plain',
   contents: {text: 'This is the content of the static text resource.'}},
  {uri: 'test://static-binary', name: 'static-binary', description: 'An image', mimeType: 'image/png', contents: {blob: PNG}},
  {uri: 'test://watched-resource', name: 'watched-resource', description: 'Can be subscribed to', mimeType: 'text/plain',
   contents: {text: 'Watched.'}},
];
export const TEMPLATES = [
  {uriTemplate: 'test://template/{id}/data', name: 'template', description: 'Data by id', mimeType: 'application/json'},
];

export function readResource(uri) {
  const found = RESOURCES.find((resource) => resource.uri === uri);
  if (found) {
    return {contents: [{uri, mimeType: found.mimeType, ...found.contents}]};
  }
  const match = /^test:\/\/template\/([^/]+)\/data$/.exec(uri ?? '');
  if (match) {
    const data = JSON.stringify({id: match[1], templateTest: true, data: `Data for ID: ${match[1]}`});
    return {contents: [{uri, mimeType: 'application/json', text: data}]};
  }
  throw new RpcError(-32602, 'Resource not found', {uri});
}
