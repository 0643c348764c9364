// What the host leaves in the storage account, keys in blobs, limits, drain, blob events, concurrency of queues.
const MASTER = 'master-key-for-recordings-0000000000000000000000000000==';
const HOST_FUNCTION = 'host-function-key-for-recordings-00000000000000000000000==';
const BLOB_EVENTS = 'blobs-extension-key-for-recordings-000000000000000000000==';
const OWN = 'own-function-key-for-recordings-0000000000000000000000000==';

export default ({ bindings, get, hostJson, http, httpFunction, on, outputs, post, postJson, res, table }) => {
  const storage = { connection: 'AzureWebJobsStorage' };
  const env = { AzureFunctionsWebHost__hostid: 'oracle-host' };
  const waits = (path, count = 1, timeoutMs = 30_000) => ({ waitForHandler: { path, count, timeoutMs } });
  const queueTrigger = (queueName, more = {}) => bindings({ type: 'queueTrigger', direction: 'in', name: 'msg', queueName, ...storage, ...more });
  const queuePut = (queue, text) => ({ queuePut: { queue, text } });
  const queueSettings = (more) => ({ functionTimeout: '00:02:00', extensions: { queues: { maxPollingInterval: '00:00:01', visibilityTimeout: '00:00:00', ...more } } });
  const withKey = (value) => [['x-functions-key', value]];
  const hosts = (more) => ({ blobList: { container: 'azure-webjobs-hosts', ...more } });
  const containers = { blobList: {} };
  const hello = { Hello: httpFunction() };
  const ok = on('Hello', res({ body: 'ok' }));

  // Timers whose status blob is there, or not, when the host starts.
  const timer = (more = {}) => bindings({ type: 'timerTrigger', direction: 'in', name: 'tick', schedule: '0 0 0 1 1 *', ...more });
  const statusName = (name) => `timers/oracle-host/Host.Functions.${name}/status`;
  const statusPut = (name, content) => ({ blobPut: { container: 'azure-webjobs-hosts', name: statusName(name), ...content } });
  const statusGet = (name) => ({ blobGet: { container: 'azure-webjobs-hosts', name: statusName(name) } });
  const wasLast = (Last, Next, LastUpdated = Last) => ({ json: { Last, Next, LastUpdated } });
  const overdue = wasLast('2020-01-01T00:00:00+00:00', '2021-01-01T00:00:00+00:00');
  // The lock of the host comes some seconds after the start, its metadata a moment later.
  const locks = [hosts({ prefix: 'locks/', waitFor: 'locks/oracle-host/host', timeoutMs: 20_000 }), { sleepMs: 1500 }, hosts({ prefix: 'locks/', details: true })];
  const nextYear = { scrub: [['\\b20(2[6-9]|[3-9]\\d)-01-01T00:00:00', '<next-new-year>']] };
  const timers = (id, about, functions, { before, steps, ...more }) => ({
    id: `timer-state.${id}`, about, tags: ['storage', 'timer'], steps, ...nextYear, ...more,
    app: { storage: true, env, before, hostJson: hostJson({}, { functionTimeout: '00:01:00' }), functions },
  });

  const key = (name, value) => ({ name, value, encrypted: false });
  const secretFile = (fields) => ({ ...fields, hostName: 'localhost', instanceId: '0', source: 'runtime', decryptionKeyId: '' });
  const guarded = { Open: httpFunction(), Guarded: httpFunction({ authLevel: 'function' }), Other: httpFunction({ authLevel: 'function' }) };
  const secretPut = (name, json) => ({ blobPut: { container: 'azure-webjobs-secrets', name: `oracle-host/${name}`, json, contentType: 'application/json' } });
  const secretGet = (name) => ({ blobGet: { container: 'azure-webjobs-secrets', name: `oracle-host/${name}`, timeoutMs: 3000 } });
  const secretList = { blobList: { container: 'azure-webjobs-secrets', details: true } };
  const anyKey = { scrub: [['[A-Za-z0-9_-]{30,}AzFu[A-Za-z0-9_-]+==', '<generated-key>']] };
  const admin = (method, target, json) => http(method, target, { headers: [...withKey(MASTER), ...(json ? [['Content-Type', 'application/json']] : [])], ...(json && { body: { json } }) });
  const hostSecrets = secretFile({ masterKey: key('master', MASTER), functionKeys: [key('default', HOST_FUNCTION)], systemKeys: [] });

  const event = (url, more = {}) => ({
    topic: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a', subject: '/blobServices/default/containers/events/blobs/x', eventType: 'Microsoft.Storage.BlobCreated',
    eventTime: '2001-02-03T04:05:06Z', id: '11111111-2222-3333-4444-555555555555', dataVersion: '', metadataVersion: '1',
    data: { api: 'PutBlob', clientRequestId: 'c', requestId: 'r', eTag: '0x8D4BCC2E4835CD0', contentType: 'text/plain', contentLength: 5, blobType: 'BlockBlob', url, sequencer: '1' }, ...more,
  });
  const hook = (query, json, { type = 'Notification', secret = BLOB_EVENTS, body = { json } } = {}) =>
    post(`/runtime/webhooks/blobs${query}`, 'application/json', body, [['aeg-event-type', type], ...withKey(secret)]);
  const onEvent = '?functionName=Host.Functions.OnEvent';
  const local = (path) => `http://127.0.0.1:10000/devstoreaccount1/${path}`;
  const validation = [{ id: '1', topic: 't', subject: '', eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', eventTime: '2001-02-03T04:05:06Z', dataVersion: '1', data: { validationCode: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6', validationUrl: 'https://example.org/validate' } }];

  const apps = {
    'keys-blob': {
      storage: true, auth: true, masterKey: MASTER, hostJson: hostJson(), functions: guarded, env: { ...env, AzureWebJobsSecretStorageType: 'blob' },
      before: [secretPut('host.json', hostSecrets), secretPut('guarded.json', secretFile({ keys: [key('default', OWN)] }))],
    },
    'blob-eventgrid': {
      storage: true, bundle: true, auth: true, masterKey: MASTER, env, hostJson: hostJson({}, queueSettings()),
      functions: { OnEvent: bindings({ type: 'blobTrigger', direction: 'in', name: 'file', path: 'events/{name}.txt', source: 'EventGrid', ...storage }) },
      secrets: { 'host.json': secretFile({ masterKey: key('master', MASTER), functionKeys: [], systemKeys: [key('blobs_extension', BLOB_EVENTS)] }) },
    },
    'storage-state': {
      storage: true, bundle: true, env, hostJson: hostJson({}, queueSettings()),
      before: [{ queueCreate: { queue: 'in-state' } }],
      functions: {
        OnBlob: bindings({ type: 'blobTrigger', direction: 'in', name: 'file', path: 'watched/{name}', ...storage }),
        OnQueue: queueTrigger('in-state'), ...hello,
      },
    },
  };

  const queues = (id, about, { settings, functions, timeout, ...more }) => ({
    id, about, tags: ['storage', 'queue'], ...more,
    app: { storage: true, bundle: true, env, before: more.before, hostJson: hostJson({}, { ...queueSettings(settings), ...(timeout && { functionTimeout: timeout }) }), functions },
  });
  const batch = (texts) => texts.map((text) => queuePut('batched', text));
  // Alike, because which of two messages of one batch arrives first is chance.
  const alike = batch(Array.from({ length: 6 }, () => 'm'));
  const limited = (id, about, extra, steps, { rules = [ok], handler = {}, functions = hello, ...app } = {}) => ({
    id: `limits.${id}`, about, tags: ['limits'], rules, steps,
    app: { hostJson: hostJson(handler, { functionTimeout: '00:01:00', ...(extra && { extensions: { http: extra } }) }), functions, ...app },
  });
  /** A request sent some time after its connection. */
  const later = (pauseMs, target, timeoutMs = 15_000) => ({ raw: [{ pauseMs }, `GET ${target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n`], timeoutMs });
  const sized = (bytes, more = {}) => http('POST', '/api/Hello', { headers: [['Content-Type', 'text/plain']], body: { fill: { bytes } }, timeoutMs: 15_000, ...more });
  const bodySteps = [
    sized(1000), sized(1001), sized(1001, { headers: [['Content-Type', 'text/plain'], ['Expect', '100-continue']] }),
    http('POST', '/api/Hello', { headers: [['Content-Type', 'text/plain']], chunks: [{ fill: { bytes: 600 } }, { fill: { bytes: 600 } }], timeoutMs: 15_000 }),
    // A request that is broken off is written down a moment later.
    { sleepMs: 300 }, get('/api/Hello'),
  ];
  const sizeLimit = { env: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000' } };
  const wide = (count) => get('/api/Hello', Array.from({ length: count }, (_, i) => [`X-Many-${i}`, 'v']));
  const drained = (id, about, steps, rules) => ({
    id: `drain.${id}`, about, tags: ['storage', 'queue', 'admin'], steps, rules, timeoutMs: 120_000,
    app: { storage: true, bundle: true, env, before: [{ queueCreate: { queue: 'in-drain' } }], hostJson: hostJson({}, queueSettings()), functions: { ...hello, OnQueue: queueTrigger('in-drain') } },
  });
  const drainStatus = get('/admin/host/drain/status');
  const hostPost = (path, headers) => http('POST', path, { headers, body: '', timeoutMs: 40_000 });

  const scenarios = [
    timers('past-due', 'The status blob of a former run is years old: the timer fires at once, past due.', { Yearly: timer() }, {
      before: [statusPut('Yearly', overdue)], steps: [waits('/Yearly'), { sleepMs: 700 }, statusGet('Yearly')],
    }),
    timers('start', 'Five status blobs found at the start: none, of another schedule, without Last, past due with runOnStartup, past due and failing.', { Fresh: timer(), Changed: timer(), Unset: timer(), Startup: timer({ runOnStartup: true }), Failing: timer() }, {
      unordered: true, scrub: [...nextYear.scrub, ['[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<any-guid>']], rules: [on('Failing', { status: 500, text: 'no' })],
      before: [statusPut('Changed', wasLast('2020-01-01T00:00:00+00:00', '2020-07-01T00:00:00+00:00')), statusPut('Unset', wasLast('0001-01-01T00:00:00+00:00', '2021-01-01T00:00:00+00:00', '2020-05-05T00:00:00+00:00')), statusPut('Startup', overdue), statusPut('Failing', overdue)],
      steps: [waits('/Unset'), waits('/Startup'), waits('/Failing'), { sleepMs: 2000 }, ...['Fresh', 'Changed', 'Unset', 'Startup', 'Failing'].map(statusGet), containers, ...locks, hosts()],
    }),
    timers('garbage', 'A status blob that is no JSON, and an empty one.', { Garbage: timer(), Empty: timer(), ...hello }, {
      before: [statusPut('Garbage', { text: 'no json' }), statusPut('Empty', { text: '' })],
      steps: [{ waitForHandler: { path: '/Garbage', timeoutMs: 5000 } }, statusGet('Garbage'), statusGet('Empty'), get('/admin/functions/Garbage/status'), get('/admin/host/status'), hosts({ waitFor: 'locks/oracle-host/host' })],
    }),
    timers('minute', 'A timer of every minute, with the monitor, has fired once: its status blob and its lock.', { Minute: timer({ schedule: '0 * * * * *' }) }, {
      keep: { path: '/Minute', count: 1 }, timeoutMs: 120_000,
      // Whole seconds if the timer fired a little early, else a fraction.
      scrub: [['(?<=T\\d\\d:\\d\\d:\\d\\d)\\.\\d+(?=\\+00:00)', '']], steps: [waits('/Minute', 1, 75_000), { sleepMs: 700 }, statusGet('Minute'), ...locks],
    }),
    timers('restart', 'runOnStartup, then host.json changes: the second run and the locks after it.', { Startup: timer({ runOnStartup: true }) }, {
      timeoutMs: 150_000,
      steps: [waits('/Startup'), { sleepMs: 1500 }, { writeFile: { path: 'host.json', text: JSON.stringify(hostJson({}, { functionTimeout: '00:01:30' })) } }, waits('/Startup', 2, 90_000), { sleepMs: 700 }, statusGet('Startup'), hosts()],
    }),
    {
      id: 'storage-state.http-only', about: 'An app of HTTP functions with a storage account: what the host leaves there.', tags: ['storage', 'state'],
      app: { storage: true, env, hostJson: hostJson(), functions: hello }, rules: [ok],
      steps: [get('/api/Hello'), ...locks, containers],
    },
    ...table('storage-state', 'storage-state', ['storage', 'state'], [
      ['receipts', 'A blob and a queue message are done: containers, receipt, locks and internal queues.', [{ blobPut: { container: 'watched', name: 'dir/a.txt', text: 'hello' } }, queuePut('in-state', 'hello'), waits('/OnBlob', 1, 60_000), waits('/OnQueue'), { sleepMs: 1500 }, containers, hosts({ prefix: 'blobreceipts/', details: true }), ...locks, hosts(), { queueLength: { queue: 'azure-webjobs-blobtrigger-oracle-host' } }, { queueLength: { queue: 'webjobs-blobtrigger-poison' } }, { queueLength: { queue: 'in-state' } }], [], { unordered: true, timeoutMs: 120_000 }],
    ]),

    ...table('keys-blob', 'keys-blob', ['storage', 'keys'], [
      ['honoured', 'Key files that were in the container before the start.', [get('/api/Guarded', withKey(OWN)), get('/api/Guarded', withKey(HOST_FUNCTION)), get('/api/Other', withKey(HOST_FUNCTION)), get('/api/Guarded', withKey(MASTER)), get('/api/Guarded', withKey('wrong')), get('/api/Other', withKey(OWN)), { sleepMs: 500 }, secretList, secretGet('host.json'), secretGet('guarded.json'), secretGet('other.json')], [], anyKey],
      ['changes', 'Keys set, made and deleted through the API: answers, blobs, and whether they open the function.', [
        admin('PUT', '/admin/host/keys/mine', { name: 'mine', value: 'my-own-host-key' }), admin('POST', '/admin/host/keys/made'), admin('PUT', '/admin/host/systemkeys/probe_extension', { name: 'probe_extension', value: 'my-own-system-key' }),
        admin('PUT', '/admin/functions/Guarded/keys/mine', { name: 'mine', value: 'my-own-function-key' }), admin('POST', '/admin/functions/Guarded/keys/made'), admin('DELETE', '/admin/functions/Guarded/keys/default'), { sleepMs: 500 },
        secretGet('host.json'), secretGet('guarded.json'), secretList, get('/api/Guarded', withKey('my-own-function-key')), get('/api/Guarded', withKey('my-own-host-key')), get('/api/Guarded', withKey(OWN)), admin('GET', '/admin/functions/Guarded/keys'),
      ], [], { ...anyKey, follows: 'keys-blob.honoured' }],
    ]),
    {
      id: 'keys-blob.created', about: 'No key files and no secret storage type: what is in the account after the start and after a request with a key.', tags: ['storage', 'keys'], ...anyKey,
      app: { storage: true, auth: true, hostJson: hostJson(), functions: guarded, env: { ...env, AzureWebJobsSecretStorageType: '' } },
      steps: [secretList, get('/api/Open'), get('/api/Guarded'), { sleepMs: 500 }, secretList, get('/api/Guarded', withKey('wrong')), { sleepMs: 500 }, secretList, secretGet('host.json'), secretGet('guarded.json')],
    },
    {
      id: 'keys-blob.legacy', about: 'Key files of the oldest form in the container: are they honoured and rewritten?', tags: ['storage', 'keys'], ...anyKey,
      app: { storage: true, auth: true, masterKey: MASTER, hostJson: hostJson(), functions: guarded, env: { ...env, AzureWebJobsSecretStorageType: 'Blob' }, before: [secretPut('host.json', { masterKey: MASTER, functionKey: HOST_FUNCTION }), secretPut('guarded.json', { key: OWN })] },
      steps: [get('/api/Guarded', withKey(OWN)), get('/api/Other', withKey(HOST_FUNCTION)), get('/api/Guarded', withKey(MASTER)), { sleepMs: 500 }, secretList, secretGet('host.json'), secretGet('guarded.json')],
    },

    limited('outstanding', 'One at a time, two outstanding: the second waits its turn, the third gets 429, and what else is counted.', { maxConcurrentRequests: 1, maxOutstandingRequests: 2 }, [
      { parallel: [get('/api/Hello?first'), later(300, '/api/Hello?second'), later(700, '/api/Hello?third'), later(800, '/api/nowhere'), later(900, '/admin/host/ping'), later(1000, '/')] },
      { parallel: [get('/api/Hello?first'), later(300, '/api/Hello?gives-up', 3000)] }, { sleepMs: 1500 }, get('/api/Hello?last'),
    ], { rules: [on('Hello', { ...res({ body: 'ok' }), delayMs: 2000 })], env: { AzureWebJobsDisableHomepage: 'true' } }),
    limited('body', 'A request body over FUNCTIONS_REQUEST_BODY_SIZE_LIMIT, with a length, with Expect and chunked, in payload mode.', undefined, bodySteps, sizeLimit),
    limited('body-forward', 'A request body over FUNCTIONS_REQUEST_BODY_SIZE_LIMIT, with a length, with Expect and chunked, in forward mode.', undefined, bodySteps, { ...sizeLimit, handler: { enableForwardingHttpRequest: true }, rules: [{ when: {}, reply: { text: 'ok' } }] }),
    limited('custom-headers', 'customHeaders and hsts: on which answers, and against a header of the function.', { customHeaders: { 'X-Content-Type-Options': 'nosniff', 'X-Own': 'from host.json' }, hsts: { isEnabled: true, maxAge: '10.00:00:00' } }, [
      get('/api/Hello'), get('/api/Guarded'), get('/api/nowhere'), get('/'), get('/admin/host/ping'), get('/admin/host/status', withKey('wrong')), get('/api/Hello?fails'),
      http('GET', '/api/Hello', { headers: [['Host', 'example.org'], ['X-Forwarded-Proto', 'https']] }),
    ], { auth: true, masterKey: MASTER, secrets: { 'host.json': secretFile({ masterKey: key('master', MASTER), functionKeys: [], systemKeys: [] }) }, functions: { ...hello, Guarded: httpFunction({ authLevel: 'admin' }) }, rules: [on('Hello', { status: 500, text: 'no' }, { bodyIncludes: 'fails' }), on('Hello', res({ body: 'ok', headers: { 'X-Own': 'from the function' } }))], env: { AzureWebJobsDisableHomepage: 'true' } }),
    limited('long-request', 'Long URLs, long headers and many headers.', undefined, [
      get(`/api/Hello?q=${'u'.repeat(8100)}`), get(`/api/Hello?q=${'u'.repeat(8300)}`), get('/api/Hello', [['X-Big', 'q'.repeat(30_000)]]), get('/api/Hello', [['X-Big', 'q'.repeat(33_000)]]), wide(98), wide(101),
    ]),

    drained('queue', 'Drain: messages wait, HTTP goes on; resume: they are taken.', [
      drainStatus, hostPost('/admin/host/drain'), { sleepMs: 2500 }, drainStatus, get('/admin/host/status'), queuePut('in-drain', 'one'), get('/api/Hello'), { sleepMs: 4000 }, { queueLength: { queue: 'in-drain' } },
      hostPost('/admin/host/drain'), hostPost('/admin/host/resume'), waits('/OnQueue', 1, 40_000), { sleepMs: 500 }, drainStatus, hostPost('/admin/host/resume'), get('/api/Hello'),
    ], [ok]),
    drained('running', 'Drain while a message is being worked on.', [queuePut('in-drain', 'slow'), waits('/OnQueue'), hostPost('/admin/host/drain'), { sleepMs: 500 }, drainStatus, { sleepMs: 6000 }, drainStatus, { queueLength: { queue: 'in-drain' } }], [on('OnQueue', { ...outputs({}), delayMs: 5000 }), ok]),
    {
      id: 'admin-more.state', about: 'PUT admin/host/state: running, a wrong word, offline.', tags: ['admin'], app: { hostJson: hostJson(), functions: hello }, rules: [ok],
      steps: [...['running', 'Running', 'sideways', { state: 'offline' }].map((json) => http('PUT', '/admin/host/state', { headers: [['Content-Type', 'application/json']], body: { json } })), get('/api/Hello'),
        http('PUT', '/admin/host/state', { headers: [['Content-Type', 'application/json']], body: { json: 'offline' } }), { waitForExit: { timeoutMs: 20_000 } }],
    },
    {
      id: 'admin-more.endpoints', about: 'Drain, resume, synctriggers, log, debug, bundle, warmup and restart without storage.', tags: ['admin'], app: { hostJson: hostJson(), functions: hello }, rules: [ok],
      steps: [
        hostPost('/admin/host/resume'), hostPost('/admin/host/synctriggers'), get('/admin/host/synctriggers'), hostPost('/admin/host/debug'), postJson('/admin/host/log', []), postJson('/admin/host/log', { level: 'Info' }), postJson('/admin/host/log', [{ level: 'Nosuch', message: 'x' }]), postJson('/admin/host/log', [{ level: 'Error', functionName: 'Hello', source: 's', message: 'm' }, {}]),
        ...['templates', 'bindings', 'resources', 'resources.de-DE', 'nosuch'].map((name) => get(`/admin/host/extensionBundle/v1/${name}`)), get('/admin/warmup'), hostPost('/admin/host/scale/status'), http('GET', '/admin/host/drain'), http('DELETE', '/admin/host/drain/status'),
      ],
    },

    ...table('blob-eventgrid', 'blob-eventgrid', ['storage', 'blob', 'eventgrid'], [
      ['handshake', 'The subscription validation event, with one and with two events, and the preflight of cloud events.', [
        hook(onEvent, validation, { type: 'SubscriptionValidation' }), hook('?functionName=Host.Functions.Nosuch', validation, { type: 'SubscriptionValidation' }), hook(onEvent, validation), hook(onEvent, [], { type: 'SubscriptionValidation' }), hook(onEvent, [], { type: 'Unsubscribe' }),
        http('OPTIONS', `/runtime/webhooks/blobs${onEvent}&code=${BLOB_EVENTS}`, { headers: [['WebHook-Request-Origin', 'eventgrid.azure.net']] }), get(`/runtime/webhooks/blobs${onEvent}&code=${BLOB_EVENTS}`),
      ]],
      ['event', 'A blob is there and its BlobCreated event arrives.', [{ blobPut: { container: 'events', name: 'a.txt', text: 'hello', contentType: 'text/plain' } }, hook(onEvent, [event(local('events/a.txt'))]), waits('/OnEvent'), { sleepMs: 700 }, { queueLength: { queue: 'azure-webjobs-blobtrigger-oracle-host' } }, hosts({ waitFor: 'locks/oracle-host/host', timeoutMs: 20_000 }), containers]],
      ['names', 'The short function name, a blob outside the pattern, a real account\'s URL, and a blob that is not there.', [
        { blobPut: { container: 'events', name: 'b.txt', text: 'hello' } }, { blobPut: { container: 'elsewhere', name: 'c.bin', text: 'hello' } }, { blobPut: { container: 'events', name: 'd.txt', text: 'hello' } },
        hook('?functionName=Functions.OnEvent', [event(local('events/b.txt'))]), { sleepMs: 2500 }, hook(onEvent, [event(local('elsewhere/c.bin'))]), { sleepMs: 2500 }, hook(onEvent, [event('https://account.blob.core.windows.net/events/d.txt')]), { sleepMs: 2500 }, hook(onEvent, [event(local('events/gone.txt'))]), { sleepMs: 3000 },
        { queueLength: { queue: 'azure-webjobs-blobtrigger-oracle-host' } }, { queueLength: { queue: 'webjobs-blobtrigger-poison' } },
      ]],
      ['refused', 'No key, a wrong key, no JSON, no body, no event, one event without a list, another event type, no blob URL, hardly an event, another aeg-event-type.', [
        ...['single', 'deleted'].map((name) => ({ blobPut: { container: 'events', name: `${name}.txt`, text: 'hello' } })),
        post(`/runtime/webhooks/blobs${onEvent}`, 'application/json', { json: [] }, [['aeg-event-type', 'Notification']]), hook(onEvent, [], { secret: 'wrong' }), hook(onEvent, null, { body: '{' }), hook(onEvent, null, { body: '' }), hook(onEvent, []),
        hook(onEvent, event(local('events/single.txt'))), { sleepMs: 2000 }, hook(onEvent, [event(local('events/deleted.txt'), { eventType: 'Microsoft.Storage.BlobDeleted' })]), hook(onEvent, [event('no url')]), hook(onEvent, [{ id: '1' }]), hook(onEvent, [event(local('events/x.txt'))], { secret: MASTER, type: 'Nosuch' }), { sleepMs: 2500 },
        { queueLength: { queue: 'azure-webjobs-blobtrigger-oracle-host' } },
      ]],
      ['unknown-function', 'Events for a function that is not there and for a name without "Functions.": accepted and dropped.', [hook('?functionName=Host.Functions.Nosuch', [event(local('events/a.txt'))]), hook('?functionName=OnEvent', [event(local('events/a.txt'))]), { sleepMs: 4000 }, { queueLength: { queue: 'azure-webjobs-blobtrigger-oracle-host' } }]],
      ['no-function-name', 'An event without a function name: accepted, and then the host ends.', [hook('', [event(local('events/a.txt'))]), { waitForExit: { timeoutMs: 20_000 } }, { queueLength: { queue: 'azure-webjobs-blobtrigger-oracle-host' } }], [], { fresh: true }],
    ]),

    queues('queue-concurrency.all-slow', 'batchSize 2, newBatchThreshold 1, six messages and no call ends: how many calls are there?', {
      settings: { batchSize: 2, newBatchThreshold: 1 }, functions: { Batched: queueTrigger('batched') }, before: alike, rules: [on('Batched', { ...outputs({}), delayMs: 40_000 })], steps: [waits('/Batched', 2), { sleepMs: 4000 }, { queueLength: { queue: 'batched' } }],
    }),
    queues('queue-concurrency.one-quick', 'batchSize 2, newBatchThreshold 1, six messages and only the first call ends: how many calls are there?', {
      settings: { batchSize: 2, newBatchThreshold: 1 }, functions: { Batched: queueTrigger('batched') }, before: alike, rules: [on('Batched', { ...outputs({}), delayMs: 1000 }, { attempt: 1 }), on('Batched', { ...outputs({}), delayMs: 40_000 })], steps: [waits('/Batched', 3), { sleepMs: 4000 }, { queueLength: { queue: 'batched' } }],
    }),
    queues('queue-concurrency.order', 'batchSize 1, newBatchThreshold 0: six messages come one after another, in their order.', {
      settings: { batchSize: 1, newBatchThreshold: 0 }, functions: { Batched: queueTrigger('batched') }, before: batch(['m1', 'm2', 'm3', 'm4', 'm5', 'm6']), rules: [on('Batched', { ...outputs({}), delayMs: 300 })], steps: [waits('/Batched', 6), { sleepMs: 1000 }, { queueLength: { queue: 'batched' } }],
    }),
    queues('retry.queue-exhausted', 'A retry policy of one and two deliveries: four calls, then the poison queue.', {
      settings: { maxDequeueCount: 2 }, functions: { Failing: { ...queueTrigger('in-failing'), retry: { strategy: 'fixedDelay', maxRetryCount: 1, delayInterval: '00:00:00' } } }, rules: [on('Failing', { status: 500, text: 'no' })],
      steps: [queuePut('in-failing', 'again'), waits('/Failing', 4, 40_000), { queueRead: { queue: 'in-failing-poison' } }, { sleepMs: 1000 }, { queueLength: { queue: 'in-failing' } }],
    }),
    queues('queue-in.function-timeout', 'The first call of a message runs into functionTimeout: when does the message come back?', {
      timeout: '00:00:03', functions: { Slow: queueTrigger('in-slow') }, rules: [on('Slow', { ...outputs({}), delayMs: 20_000 }, { attempt: 1 })], timeoutMs: 120_000,
      steps: [queuePut('in-slow', 'late'), waits('/Slow', 2, 60_000), { sleepMs: 1000 }, { queueLength: { queue: 'in-slow' } }, { queueLength: { queue: 'in-slow-poison' } }],
    }),
  ];
  return { apps, scenarios };
};
