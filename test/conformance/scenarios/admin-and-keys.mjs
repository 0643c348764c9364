// The admin API with and without authentication, keys, disabled functions, the home page, webhooks and CORS.
const MASTER = 'master-key-for-recordings-0000000000000000000000000000==';
const HOST_FUNCTION = 'host-function-key-for-recordings-00000000000000000000000==';
const HOST_SYSTEM = 'host-system-key-for-recordings-000000000000000000000000000==';
const OWN = 'own-function-key-for-recordings-0000000000000000000000000==';
const OTHER = 'other-function-key-for-recordings-00000000000000000000000==';

export default ({ bindings, get, hostJson, http, httpFunction, post, postJson, table }) => {
  const key = (name, value) => ({ name, value, encrypted: false });
  const secretFile = (fields) => ({ ...fields, hostName: 'localhost', instanceId: '0', source: 'runtime', decryptionKeyId: '' });
  const secrets = {
    'host.json': secretFile({ masterKey: key('master', MASTER), functionKeys: [key('default', HOST_FUNCTION)], systemKeys: [key('probe_extension', HOST_SYSTEM)] }),
    'guarded.json': secretFile({ keys: [key('default', OWN)] }),
    'other.json': secretFile({ keys: [key('default', OTHER)] }),
  };
  const functions = {
    Open: httpFunction(),
    Guarded: httpFunction({ authLevel: 'function' }),
    NoLevel: httpFunction({ authLevel: undefined }),
    SystemOnly: httpFunction({ authLevel: 'system' }),
    TopOnly: httpFunction({ authLevel: 'ADMIN' }),
    Other: httpFunction({ authLevel: 'function', route: 'other/{id?}' }),
    Off: httpFunction(),
    OffGuarded: httpFunction({ authLevel: 'function' }),
    Manual: bindings({ type: 'manualTrigger', direction: 'in', name: 'input' }),
  };
  const env = { 'AzureWebJobs.Off.Disabled': 'true', AzureWebJobs_OffGuarded_Disabled: '1' };
  const apps = {
    open: { hostJson: hostJson(), functions, secrets, env },
    auth: { hostJson: hostJson(), functions, secrets, env, auth: true, masterKey: MASTER },
  };
  const withKey = (value) => [['x-functions-key', value]];
  const admin = (method, path, body) => http(method, path, { headers: [...withKey(MASTER), ...(body === undefined ? [] : [['Content-Type', 'application/json']])], ...(body !== undefined && { body: typeof body === 'string' ? body : { json: body } }) });

  const scenarios = [
    ...table('keys', 'auth', ['auth'], [
      ['none', 'Every level without a key.', ['Open', 'Guarded', 'NoLevel', 'SystemOnly', 'TopOnly', 'other'].map((name) => get(`/api/${name}`))],
      ['function', 'The function\'s own key, by header and by query.', [get('/api/Guarded', withKey(OWN)), get(`/api/Guarded?code=${OWN}&x=1`), get(`/api/Guarded?CODE=${OWN}`)]],
      ['other-function', 'Another function\'s key.', get('/api/Guarded', withKey(OTHER))],
      ['host', 'The host\'s function key on each level.', ['Open', 'Guarded', 'NoLevel', 'SystemOnly', 'TopOnly'].map((name) => get(`/api/${name}`, withKey(HOST_FUNCTION)))],
      ['system', 'A system key on each level.', ['Guarded', 'SystemOnly', 'TopOnly'].map((name) => get(`/api/${name}`, withKey(HOST_SYSTEM)))],
      ['master', 'The master key on each level.', ['Open', 'Guarded', 'SystemOnly', 'TopOnly'].map((name) => get(`/api/${name}`, withKey(MASTER)))],
      ['wrong', 'A wrong key, an empty key, and a cached key in another case, which is accepted.', ['wrong', '', OWN.toUpperCase()].map((value) => get('/api/Guarded', withKey(value)))],
      ['header-first', 'A wrong header beside a right query, and the reverse.', [get(`/api/Guarded?code=${OWN}`, withKey('wrong')), get('/api/Guarded?code=wrong', withKey(OWN))]],
      ['disabled', 'Disabled functions: without a key, with a function key, with the master key. The dotted setting of Off is lost if the host is started through dash.', [get('/api/Off'), get('/api/OffGuarded'), get('/api/OffGuarded', withKey(HOST_FUNCTION)), get('/api/Off', withKey(MASTER)), get('/api/OffGuarded', withKey(MASTER))]],
      ['unknown-route', 'A route nobody has, with and without a key.', [get('/api/nowhere'), get('/api/nowhere', withKey(MASTER))]],
    ]),
    ...table('admin-auth', 'auth', ['auth', 'admin'], [
      ['refused', 'The admin API without a key (401), with a function key and with a system key (403).', ['/admin/host/status', '/admin/host/ping', '/admin/functions', '/admin/host/keys', '/admin/functions/Open/keys', '/admin/nosuch'].flatMap((path) => [get(path), get(path, withKey(HOST_FUNCTION)), get(path, withKey(HOST_SYSTEM))])],
      ['host-keys', 'Keys of the host.', ['/admin/host/keys', '/admin/host/functionkeys', '/admin/host/systemkeys', '/admin/host/keys/default', '/admin/host/systemkeys/_master', '/admin/host/keys/nosuch'].map((path) => admin('GET', path))],
      ['function-keys', 'Keys of functions.', ['/admin/functions/Guarded/keys', '/admin/functions/guarded/keys/default', '/admin/functions/Guarded/keys/nosuch', '/admin/functions/Nobody/keys'].map((path) => admin('GET', path))],
      ['key-changes', 'A key is set, used, changed and deleted; with capitals in the function name it does not work on Linux.', [
        admin('PUT', '/admin/functions/Other/keys/extra', { name: 'extra', value: 'a-value-of-my-own' }), get('/api/other', withKey('a-value-of-my-own')),
        admin('PUT', '/admin/functions/Other/keys/extra', { name: 'extra', value: 'another-value' }), admin('PUT', '/admin/functions/Other/keys/empty', { name: 'empty' }),
        admin('DELETE', '/admin/functions/Other/keys/extra'), admin('DELETE', '/admin/functions/Other/keys/extra'), admin('DELETE', '/admin/host/systemkeys/_master')]],
      ['webhook', 'Extension webhooks without an extension.', [get('/runtime/webhooks/nosuch'), get('/runtime/webhooks/nosuch', withKey(MASTER)), post('/runtime/webhooks/eventgrid?functionName=X', 'application/json', '[]'), get('/runtime/webhooks/probe', withKey(HOST_SYSTEM))]],
    ]),
    ...table('admin', 'open', ['admin'], [
      ['status', 'admin/host/status.', [get('/admin/host/status'), http('POST', '/admin/host/status')]],
      ['ping', 'admin/host/ping.', [get('/admin/host/ping'), http('POST', '/admin/host/ping'), get('/admin/host/ping?checkHealth=1')]],
      ['functions', 'The list of functions.', get('/admin/functions')],
      ['function', 'One function: known, in another case, disabled, unknown.', ['Guarded', 'guarded', 'Off', 'Nobody'].map((name) => get(`/admin/functions/${name}`))],
      ['function-status', 'The state of a function.', ['Open', 'Off', 'Nobody'].map((name) => get(`/admin/functions/${name}/status`))],
      ['host-endpoints', 'Other endpoints of the host.', ['/admin/host/processes', '/admin/host/drain/status', '/admin/host/extensions', '/admin/host/config', '/admin/nosuch', '/admin', '/runtime', '/runtime/health', '/runtime/health/live', '/runtime/health/ready'].map((path) => get(path))],
      ['keys-without-auth', 'Function levels and keys when authentication is off; the host without Core Tools asks for keys all the same.', [get('/api/Guarded'), get('/api/TopOnly'), get('/api/Guarded', withKey('wrong')), get('/api/Off'), get('/admin/functions/Guarded/keys')]],
      ['manual', 'The manual trigger, run with text.', [postJson('/admin/functions/Manual', { input: 'hello' }), { waitForHandler: { path: '/Manual' } }]],
      ['manual-json', 'The manual trigger, run with JSON as text.', [postJson('/admin/functions/Manual', { input: '{"a":1}' }), { waitForHandler: { path: '/Manual' } }]],
      ['manual-empty', 'The manual trigger: empty object, empty input, null input.', [postJson('/admin/functions/Manual', {}), { sleepMs: 700 }, postJson('/admin/functions/Manual', { input: '' }), { sleepMs: 700 }, postJson('/admin/functions/Manual', { input: null }), { sleepMs: 700 }]],
      ['manual-wrong', 'Bodies and targets that make no invocation.', [post('/admin/functions/Manual', 'application/json', ''), post('/admin/functions/Manual', 'application/json', '{"input":'), postJson('/admin/functions/Manual', { input: { a: 1 } }), post('/admin/functions/Manual', 'text/plain', 'hello'), postJson('/admin/functions/Nobody', { input: 'x' }), postJson('/admin/functions/Off', { input: 'x' }), http('PUT', '/admin/functions/bad%20name', { headers: [['Content-Type', 'application/json']], body: '{}' }), { sleepMs: 500 }]],
      ['manual-http', 'An HTTP function run through the admin API.', [postJson('/admin/functions/Open', { input: 'hello' }), { sleepMs: 700 }]],
      ['host-log', 'Log lines posted to the host.', [postJson('/admin/host/log', [{ level: 'Info', message: 'a line' }]), post('/admin/host/log', 'application/json', '')]],
      ['home', 'The home page.', [get('/'), http('HEAD', '/'), http('POST', '/')], [], { scrub: [['<[^>]{300,}>', '<long tag>']] }],
      ['webhook', 'Webhooks of no extension.', [get('/runtime/webhooks/nosuch'), http('OPTIONS', '/runtime/webhooks/eventgrid')]],
    ]),
    ...table('admin', 'open', ['admin', 'cors'], [
      ['cors', 'A preflight and a request with Origin, no CORS configured.', [http('OPTIONS', '/api/Open', { headers: [['Origin', 'http://example.org'], ['Access-Control-Request-Method', 'POST']] }), get('/api/Open', [['Origin', 'http://example.org']])]],
    ]),
    {
      id: 'admin.no-home', about: 'The home page switched off.', tags: ['admin'], steps: [get('/'), http('HEAD', '/')],
      app: { hostJson: hostJson(), functions: { Open: httpFunction() }, env: { AzureWebJobsDisableHomepage: 'TRUE' } },
    },
    {
      id: 'admin.offline', about: 'app_offline.htm appears: the host process ends with 0.', tags: ['admin'],
      app: { hostJson: hostJson(), functions: { Open: httpFunction() } },
      steps: [get('/api/Open'), { writeFile: { path: 'app_offline.htm', text: '<h1>away</h1>' } }, { sleepMs: 4000 }, http('GET', '/api/Open', { timeoutMs: 40_000 }), get('/admin/host/status'), { removeFile: { path: 'app_offline.htm' } }, { sleepMs: 6000 }, http('GET', '/api/Open', { timeoutMs: 40_000 })],
    },
    {
      id: 'allow-list.two', about: 'host.json "functions" names two of four, in another case; the admin API lists them all.', tags: ['allow-list'],
      app: { hostJson: hostJson({}, { functions: ['ONE', 'Two', 'Missing'] }), functions: { One: httpFunction(), Two: httpFunction(), Three: httpFunction(), Broken: '{' } },
      steps: [get('/api/One'), get('/api/Two'), get('/api/Three'), get('/admin/functions'), get('/admin/functions/Broken/status')],
    },
    {
      id: 'allow-list.environment', about: 'An environment variable replaces index 0 of the list.', tags: ['allow-list'],
      app: { hostJson: hostJson({}, { functions: ['One', 'Two'] }), functions: { One: httpFunction(), Two: httpFunction(), Three: httpFunction() }, env: { AzureFunctionsJobHost__functions__0: 'Three' } },
      steps: [get('/api/One'), get('/api/Two'), get('/api/Three')],
    },
  ];
  return { apps, scenarios };
};
