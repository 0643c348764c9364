// Timer, queue, blob and table bindings against a storage emulator.
export default ({ bindings, get, hostJson, http, httpFunction, on, out, outputs, postJson, table, trigger }) => {
  const queueTrigger = (name, more = {}) => ({ type: 'queueTrigger', direction: 'in', name: 'msg', queueName: name, connection: 'AzureWebJobsStorage', ...more });
  const storage = { connection: 'AzureWebJobsStorage' };
  const queueOut = (name, queueName, more = {}) => out('queue', name, { queueName, ...storage, ...more });
  const httpAnd = (...more) => bindings(trigger(), out('http', 'res'), ...more);
  const settings = { functionTimeout: '00:02:00', extensions: { queues: { maxPollingInterval: '00:00:01', visibilityTimeout: '00:00:00' } } };
  const names = ['own-poison', 'in-text', 'in-binary', 'in-failing', 'in-retry', 'in-forward', 'in-expressions', 'in-return'];

  const apps = {
    queue: {
      storage: true, bundle: true,
      hostJson: hostJson({}, settings),
      before: names.map((queue) => ({ queueCreate: { queue } })),
      env: { ORACLE_QUEUE: 'in-failing' },
      functions: {
        Text: bindings(queueTrigger('in-text')),
        Binary: bindings(queueTrigger('in-binary', { dataType: 'binary' })),
        Poison: bindings(queueTrigger('%ORACLE_QUEUE%')),
        OwnPoison: bindings(queueTrigger('own-poison')),
        Retrying: { ...bindings(queueTrigger('in-retry')), retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: '00:00:00' } },
        Chain: bindings(queueTrigger('in-forward'), queueOut('next', 'out-chain')),
        Expressions: bindings(queueTrigger('in-expressions'), out('blob', 'copy', { path: 'expr/{kind}-{id}.txt', ...storage })),
        Return: bindings(queueTrigger('in-return'), queueOut('$return', 'out-return')),
        Http: httpAnd(queueOut('q', 'out-http')),
        HttpBinary: httpAnd(queueOut('q', 'out-http-binary', { dataType: 'binary' })),
        HttpTwo: httpAnd(queueOut('a', 'out-two-a'), queueOut('b', 'out-two-b')),
        HttpOnlyQueue: bindings(trigger(), queueOut('q', 'out-only')),
        HttpNamed: bindings(trigger({ route: 'named/{who}' }), out('http', 'res'), out('blob', 'b', { path: 'named/{who}/{query.x}-{headers.x-part}-{kind}.txt', ...storage })),
        HttpGuid: httpAnd(out('blob', 'b', { path: 'guid/{rand-guid}.txt', ...storage }), out('blob', 'c', { path: 'guid/{sys.randguid}-{sys.methodname}.txt', ...storage })),
        HttpTime: httpAnd(out('blob', 'b', { path: 'time/{DateTime:yyyy}/{DateTime}.txt', ...storage })),
        HttpMissing: httpAnd(out('blob', 'b', { path: 'missing/{nobody}.txt', ...storage })),
        HttpUpper: httpAnd(queueOut('q', 'OUT-Upper')),
      },
    },
    timer: {
      storage: true, ready: { kind: 'handler' },
      hostJson: hostJson({}, { functionTimeout: '00:01:00' }),
      functions: {
        EverySecond: bindings({ type: 'timerTrigger', direction: 'in', name: 'tick', schedule: '*/2 * * * * *' }),
        Span: bindings({ type: 'timerTrigger', direction: 'in', name: 'tick', schedule: '00:00:02' }),
        ByHand: bindings({ type: 'timerTrigger', direction: 'in', name: 'tick', schedule: '0 0 0 1 1 *' }),
      },
    },
    blob: {
      storage: true, bundle: true,
      hostJson: hostJson({}, { functionTimeout: '00:02:00' }),
      before: [
        { blobPut: { container: 'fixed', name: 'text.txt', text: 'grüße', contentType: 'text/plain' } },
        { blobPut: { container: 'fixed', name: 'data.bin', base64: 'AAEC/f7/' } },
        { blobPut: { container: 'fixed', name: 'json.json', json: { a: 1 }, contentType: 'application/json' } },
        { blobPut: { container: 'fixed', name: 'empty.txt', text: '' } },
        { tablePut: { table: 'People', entities: [{ partitionKey: 'p', rowKey: '1', name: 'Ada', age: 36, big: { type: 'Int64', value: '9007199254740993' }, ok: true, score: 1.5 }, { partitionKey: 'p', rowKey: '2', name: "O'Hara" }, { partitionKey: 'q', rowKey: '1', name: 'Other' }] } },
      ],
      functions: {
        OnBlob: bindings({ type: 'blobTrigger', direction: 'in', name: 'file', path: 'watched/{dir}/{name}.{ext}', ...storage }, out('blob', 'copy', { path: 'copied/{name}.{ext}', ...storage })),
        ReadText: httpAnd({ type: 'blob', direction: 'in', name: 'input', path: 'fixed/{query.name}', ...storage }),
        ReadBinary: httpAnd({ type: 'blob', direction: 'in', name: 'input', path: 'fixed/{query.name}', dataType: 'binary', ...storage }),
        WriteBlob: httpAnd(out('blob', 'output', { path: 'written/{query.name}', ...storage })),
        WriteBinary: httpAnd(out('blob', 'output', { path: 'written/{query.name}', dataType: 'binary', ...storage })),
        ReadTable: httpAnd({ type: 'table', direction: 'in', name: 'rows', tableName: 'People', partitionKey: 'p', ...storage }),
        ReadRow: httpAnd({ type: 'table', direction: 'in', name: 'rows', tableName: 'People', partitionKey: 'p', rowKey: '{query.row}', ...storage }),
        ReadFilter: httpAnd({ type: 'table', direction: 'in', name: 'rows', tableName: 'People', filter: "name eq '{query.name}'", take: 5, ...storage }),
        WriteTable: httpAnd(out('table', 'row', { tableName: 'Written', partitionKey: 'pk', rowKey: '{query.row}', ...storage })),
      },
    },
  };

  const put = (queue, content) => ({ queuePut: { queue, ...content } });
  const waits = (path, count = 1, timeoutMs = 30_000) => ({ waitForHandler: { path, count, timeoutMs } });
  const textRow = (id, about, content) => [id, about, [put('in-text', content), waits('/Text'), { sleepMs: 500 }, { queueLength: { queue: 'in-text' } }]];
  const sends = (id, about, value, { count = 1, fn = 'Http', queue = 'out-http', output = 'q' } = {}) =>
    [id, about, [get(`/api/${fn}`), { queueRead: { queue, count, timeoutMs: 6000 } }], [on(fn, outputs({ res: { body: 'x' }, [output]: value }))]];
  const writes = (id, about, value, fn = 'WriteBlob') =>
    [id, about, [get(`/api/${fn}?name=${id}`), { blobGet: { container: 'written', name: id, timeoutMs: 3000 } }], [on(fn, outputs({ res: { body: 'x' }, output: value }))]];

  const scenarios = [
    ...table('queue-in', 'queue', ['storage', 'queue'], [
      textRow('text', 'Plain text.', { text: 'hello' }),
      textRow('object', 'A JSON object; its members join the metadata.', { json: { orderId: 'A7', qty: 2, ok: true, price: 1.5, none: null, deep: { a: 1 }, list: [1], when: '2001-02-03T04:05:06Z', Id: 'mine' } }),
      textRow('array', 'A JSON array.', { json: [{ a: 1 }, 2] }),
      textRow('number', 'A number as text.', { text: '42' }),
      textRow('quoted', 'A JSON string.', { text: '"quoted"' }),
      textRow('unicode', 'Unicode, quotes and line breaks.', { text: 'grüße 世界 😀 "q" \\ \r\n\t\u2028' }),
      textRow('empty', 'An empty message.', { text: '' }),
      textRow('date', 'A date as text.', { text: '2001-02-03T04:05:06Z' }),
      textRow('almost-json', 'Text in braces that is no JSON.', { text: '{hello}' }),
      ['not-base64', 'A message that is not base64.', [put('in-text', { text: 'plain words!', encoding: 'none' }), { sleepMs: 4000 }, { queueRead: { queue: 'in-text-poison', timeoutMs: 8000 } }]],
      ['not-utf8', 'Base64 of bytes that are no UTF-8.', [put('in-text', { base64: '/v8A' }), { sleepMs: 4000 }, { queueRead: { queue: 'in-text-poison', timeoutMs: 12_000 } }]],
      ['binary', 'dataType binary.', [put('in-binary', { base64: 'AAEC/f7/' }), waits('/Binary')]],
      ['poison', 'Every attempt fails: five calls, then the poison queue.', [put('in-failing', { json: { n: 1 } }), waits('/Poison', 5, 60_000), { queueRead: { queue: 'in-failing-poison', timeoutMs: 15_000 } }, { queueLength: { queue: 'in-failing' } }], [on('Poison', { status: 500, text: 'no' })], { timeoutMs: 120_000 }],
      ['second-try', 'The first attempt fails, the second does not.', [put('in-failing', { text: 'again' }), waits('/Poison', 2, 40_000), { sleepMs: 500 }, { queueLength: { queue: 'in-failing' } }], [on('Poison', { status: 500, text: 'no' }, { attempt: 1 })]],
      ['named-poison', 'Every attempt fails, and the queue\'s own name ends in -poison: one call, no poison queue.', [put('own-poison', { text: 'x' }), waits('/OwnPoison', 2, 15_000), { queueRead: { queue: 'own-poison-poison', timeoutMs: 5000 } }, { queueLength: { queue: 'own-poison' } }], [on('OwnPoison', { status: 500, text: 'no' })]],
      ['retry-policy', 'A retry policy inside one delivery.', [put('in-retry', { text: 'again' }), waits('/Retrying', 3, 40_000)], [on('Retrying', { status: 500, text: 'no' }, { attempt: { to: 2 } })]],
      ['chain', 'Queue in, queue out.', [put('in-forward', { text: 'go' }), { queueRead: { queue: 'out-chain' } }], [on('Chain', outputs({ next: 'gone on' }))]],
      ['return', 'Queue in, $return out.', [put('in-return', { text: 'go' }), { queueRead: { queue: 'out-return' } }], [on('Return', { json: { ReturnValue: { a: 1 } } })]],
      ['expressions', 'Members of the message in an output path.', [put('in-expressions', { json: { id: 7, kind: 'order' } }), { blobGet: { container: 'expr', name: 'order-7.txt' } }], [on('Expressions', outputs({ copy: 'written' }))]],
      ['admin', 'A queue function run through the admin API.', [postJson('/admin/functions/Text', { input: 'by hand' }), waits('/Text')]],
    ]),
    ...table('queue-out', 'queue', ['storage', 'queue'], [
      sends('string', 'A string.', 'hello world'),
      sends('object', 'An object.', { a: 1, b: { c: [1, 'é'] } }),
      sends('array', 'An array fans out.', ['one', { two: 2 }, 3, [4], null], { count: 5 }),
      sends('empty-array', 'An empty array sends nothing.', []),
      sends('number', 'A number.', 42),
      sends('float', 'A fraction.', 1.5),
      sends('true', 'A boolean.', true),
      sends('null', 'null sends nothing.', null),
      sends('empty-string', 'An empty string.', ''),
      sends('base64', 'A string that is valid base64.', 'dGVzdCBieXRlcw=='),
      sends('base64-word', 'The word "test" is valid base64.', 'test'),
      sends('json-string', 'A string holding a JSON object.', '{"b":2,"a":1}'),
      sends('array-string', 'A string holding a JSON array.', '[1,"two"]', { count: 2 }),
      sends('broken-string', 'A string in braces that is no JSON.', '{hello}'),
      sends('date', 'An ISO date.', '2001-02-03T04:05:06Z'),
      sends('binary-text', 'dataType binary: a base64-looking string is left alone.', 'dGVzdA==', { fn: 'HttpBinary', queue: 'out-http-binary' }),
      sends('upper', 'A queue name with capitals.', 'hello', { fn: 'HttpUpper', queue: 'out-upper' }),
      ['two', 'Two queue outputs and an HTTP output.', [get('/api/HttpTwo'), { queueRead: { queue: 'out-two-a' } }, { queueRead: { queue: 'out-two-b' } }], [on('HttpTwo', outputs({ res: { statusCode: 202 }, a: 'for a!', b: 'for b!' }))]],
      ['only-queue', 'An HTTP trigger with a queue output and no HTTP output.', [get('/api/HttpOnlyQueue'), { queueRead: { queue: 'out-only' } }], [on('HttpOnlyQueue', outputs({ q: 'hello!' }))]],
      ['merged', 'A ReturnValue object is merged into the outputs.', [get('/api/Http'), { queueRead: { queue: 'out-http' } }], [on('Http', { json: { Outputs: { res: { body: 'x' } }, ReturnValue: { q: 'from return' } } })]],
    ]),
    ...table('expressions', 'queue', ['storage', 'expressions'], [
      ['names', 'Route, query, header and body members in a path.', [postJson('/api/named/ada?x=1', { kind: 'note' }, [['X-Part', 'seven']]), { blobGet: { container: 'named', name: 'ada/1-seven-note.txt', timeoutMs: 4000 } }], [on('HttpNamed', outputs({ res: { body: 'x' }, b: 'named' }))]],
      ['guid', 'rand-guid and sys.randguid.', [get('/api/HttpGuid'), { sleepMs: 300 }, { blobList: { container: 'guid' } }], [on('HttpGuid', outputs({ res: { body: 'x' }, b: 'one', c: 'two' }))], { scrub: [['[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<any-guid>']] }],
      ['time', 'DateTime with and without a format.', [get('/api/HttpTime'), { sleepMs: 300 }, { blobList: { container: 'time' } }], [on('HttpTime', outputs({ res: { body: 'x' }, b: 'one' }))], { scrub: [['\\b20\\d\\d/', '<year>/']] }],
      ['missing', 'A name nobody gives.', [get('/api/HttpMissing'), { blobList: { container: 'missing' } }], [on('HttpMissing', outputs({ res: { body: 'x' }, b: 'one' }))]],
    ]),
    ...table('timer', 'timer', ['storage', 'timer'], [
      ['cron', 'Every two seconds: the payload.', [waits('/EverySecond', 2, 20_000)], [], { keep: { path: '/EverySecond', count: 2 }, settleMs: 0 }],
      ['span', 'A TimeSpan of two seconds: the payload.', [waits('/Span', 2, 20_000)], [], { keep: { path: '/Span', count: 2 }, settleMs: 0 }],
      ['admin', 'Run by hand.', [postJson('/admin/functions/ByHand', {}), waits('/ByHand', 1, 20_000)], [], { keep: { path: '/ByHand' } }],
    ]),
    ...[['on-startup', 'runOnStartup with a yearly schedule and the monitor.', { runOnStartup: true }], ['no-monitor', 'runOnStartup without the monitor.', { runOnStartup: true, useMonitor: false }], ['bad-schedule', 'A schedule nobody can read.', { schedule: 'every day' }]].map(([id, about, more]) => ({
      id: `timer.${id}`, about, tags: ['storage', 'timer'],
      app: { storage: true, ready: { kind: 'status' }, hostJson: hostJson(), functions: { Yearly: bindings({ type: 'timerTrigger', direction: 'in', name: 'tick', schedule: '0 0 0 1 1 *', ...more }), Hello: httpFunction() } },
      steps: [{ waitForHandler: { path: '/Yearly', timeoutMs: 12_000 } }, get('/admin/functions/Yearly/status'), get('/api/Hello'), { blobList: { container: 'azure-webjobs-hosts' } }],
    })),
    {
      id: 'storage.none', about: 'A queue function without any storage setting.', tags: ['storage', 'errors'],
      app: { bundle: true, ready: { kind: 'status' }, hostJson: hostJson(), functions: { Text: bindings(queueTrigger('in-text')), Hello: httpFunction() } },
      steps: [get('/admin/functions/Text/status'), get('/admin/host/status'), http('GET', '/api/Hello', { timeoutMs: 40_000 })],
    },
    ...table('blob-in', 'blob', ['storage', 'blob'], [
      ['trigger', 'A new blob with dots in its name: captures, properties, metadata, copy.', [{ blobPut: { container: 'watched', name: 'folder/first.note.txt', text: 'grüße', contentType: 'text/plain', metadata: { owner: 'me' } } }, waits('/OnBlob', 1, 60_000), { blobGet: { container: 'copied', name: 'first.note.txt' } }], [on('OnBlob', outputs({ copy: 'copied text' }))], { timeoutMs: 120_000 }],
      ['trigger-failing', 'A blob whose function fails: how often is it tried?', [{ blobPut: { container: 'watched', name: 'folder/bad.bin', base64: 'AAEC/f7/' } }, waits('/OnBlob', 5, 100_000), { queueRead: { queue: 'webjobs-blobtrigger-poison', timeoutMs: 20_000 } }], [on('OnBlob', { status: 500, text: 'no' })], { timeoutMs: 180_000 }],
      ['empty', 'An empty input blob.', [get('/api/ReadText?name=empty.txt'), get('/api/ReadBinary?name=empty.txt')]],
      ['text', 'An input blob as text.', get('/api/ReadText?name=text.txt')],
      ['json', 'An input blob that is JSON.', get('/api/ReadText?name=json.json')],
      ['binary', 'An input blob with dataType binary.', get('/api/ReadBinary?name=data.bin')],
      ['binary-as-text', 'A binary input blob without a dataType.', get('/api/ReadText?name=data.bin')],
      ['missing', 'An input blob that is not there.', [get('/api/ReadText?name=nosuch'), get('/api/ReadBinary?name=nosuch')]],
      ['no-name', 'The expression has no value.', get('/api/ReadText')],
    ]),
    {
      id: 'blob-in.existing', about: 'A blob that was there before the host.', tags: ['blob-in', 'storage', 'blob'], timeoutMs: 120_000,
      app: {
        storage: true, bundle: true, hostJson: hostJson(),
        before: [{ blobPut: { container: 'old', name: 'a.json', json: { id: 5 }, contentType: 'application/json' } }],
        functions: { OnOld: bindings({ type: 'blobTrigger', direction: 'in', name: 'file', path: 'old/{name}', ...storage }) },
      },
      steps: [waits('/OnOld', 1, 60_000), { blobList: { container: 'azure-webjobs-hosts' } }],
    },
    ...table('blob-out', 'blob', ['storage', 'blob'], [
      writes('string', 'A string.', 'grüße'),
      writes('base64', 'A base64 string is decoded.', 'AAEC/f7/'),
      writes('base64-kept', 'dataType binary keeps a base64 string.', 'AAEC/f7/', 'WriteBinary'),
      writes('object', 'An object.', { a: 1, b: [true] }),
      writes('array', 'An array.', [1, 'two']),
      writes('number', 'A number.', 42),
      writes('true', 'A boolean.', true),
      writes('empty', 'An empty string.', ''),
    ]),
    ...table('table', 'blob', ['storage', 'table'], [
      ['partition', 'A partition as input.', get('/api/ReadTable')],
      ['row', 'A row key in the input binding.', get('/api/ReadRow?row=2')],
      ['filter', 'A filter with a quotation mark in its value.', get("/api/ReadFilter?name=O'Hara")],
      ['write', 'An entity with several types.', [get('/api/WriteTable?row=r1'), { tableRead: { table: 'Written' } }], [on('WriteTable', outputs({ res: { body: 'x' }, row: { Name: 'Ada', Age: 36, Ok: true, Score: 1.5, Nested: { a: 1 }, When: '2001-02-03T04:05:06Z' } }))]],
      ['write-conflict', 'The same entity a second time.', get('/api/WriteTable?row=r1'), [on('WriteTable', outputs({ res: { body: 'x' }, row: { Name: 'Again' } }))]],
      ['write-keys', 'Keys inside the entity.', [get('/api/WriteTable?row=r2'), { tableRead: { table: 'Written', count: 2, timeoutMs: 4000 } }], [on('WriteTable', outputs({ res: { body: 'x' }, row: { PartitionKey: 'own', RowKey: 'own-row', Name: 'Keys' } }))]],
    ]),
  ];
  return { apps, scenarios };
};
