// Azurite keeps its index in LokiJS, which writes it to disk whole every five seconds: what was acknowledged since is lost when the process is killed.
// This stands in its place in the bundle. Each change goes to a journal beside the index before the request that made it is answered.
//
//   index       the file of LokiJS, in its own format; `journalNumber` says which journal continues it
//   journal     index + ".journal-N": one change in each line; a new one begins whenever the index is written, and the older ones go then
//
// Written, not flushed to the disk: it outlives the process, not the machine, which is what LokiJS promises as well.
'use strict';
const fs = require('node:fs');
const { basename, dirname, join } = require('node:path');
const Loki = require('lokijs');
const { reviveDates } = require('./dates.cjs');

/** A journal may grow to the size of the index and to this: writing an index of 10,000 messages takes longer than a request should. */
const SMALL_JOURNAL_BYTES = 1024 * 1024;

/** The database of each collection. Not a property: those are written to the index. */
const owners = new WeakMap();

class JournaledLoki extends Loki {
  #isKept;
  /** Of the open journal; undefined until the index is first written, before which nobody is answered. */
  #descriptor;
  #journalBytes = 0;
  #indexBytes = 0;
  /** Of this turn of the event loop, in the order in which they happened. */
  #changes = [];
  #noted = new WeakMap();

  constructor(file, options = {}) {
    super(file, options);
    this.#isKept = options.persistenceMethod === 'fs';
  }

  addCollection(name, options) {
    const isNew = this.collections.every((one) => one.name !== name);
    const collection = super.addCollection(name, options);
    owners.set(collection, this);
    if (isNew) this.#note(() => ['add', name, options]);
    return collection;
  }

  removeCollection(name) {
    super.removeCollection(name);
    this.#note(() => ['drop', name]);
  }

  /** A document of that number was inserted, changed or removed. Which of them is seen when it is written. */
  noteDocument(collection, id) {
    const ids = this.#noted.get(collection) ?? new Set();
    this.#noted.set(collection, ids);
    if (ids.has(id)) return;
    ids.add(id);
    this.#note(() => {
      ids.delete(id);
      if (!this.collections.includes(collection)) return undefined;
      const document = collection.get(id);
      return document === null ? ['delete', collection.name, id] : ['set', collection.name, document];
    });
  }

  #note(change) {
    if (this.#descriptor === undefined) return;
    this.#changes.push(change);
    // Before anything that awaits the change goes on, and so before its answer is sent.
    if (this.#changes.length === 1) queueMicrotask(() => this.#writeChanges());
  }

  #writeChanges() {
    const lines = this.#changes.map((change) => change()).filter((line) => line !== undefined);
    this.#changes = [];
    if (lines.length === 0) return;
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    // When it fails the process ends, and the change is not acknowledged.
    fs.writeFileSync(this.#descriptor, bytes);
    this.#journalBytes += bytes.length;
  }

  /** Asked every five seconds, and at the end. */
  autosaveDirty() {
    const isEnd = this.autosaveHandle === null;
    return super.autosaveDirty() && (!this.#isKept || isEnd || this.#journalBytes > Math.max(SMALL_JOURNAL_BYTES, this.#indexBytes));
  }

  saveDatabaseInternal(callback) {
    if (!this.#isKept) return super.saveDatabaseInternal(callback);
    this.#writeChanges();
    const older = this.#journals();
    this.journalNumber = Math.max(0, ...older.map(({ number }) => number)) + 1;
    const before = this.#descriptor;
    this.#descriptor = fs.openSync(this.#journalPath(this.journalNumber), 'a');
    if (before !== undefined) fs.closeSync(before);
    this.#journalBytes = 0;
    super.saveDatabaseInternal((error) => {
      // Where it cannot be written, the last one and all journals since are what there is.
      if (!error) for (const { path } of older) fs.rmSync(path, { force: true });
      callback(error);
    });
  }

  serialize(options) {
    const text = super.serialize(options);
    this.#indexBytes = text.length;
    return text;
  }

  loadJSONObject(index, options) {
    for (const { name, data } of index.collections ?? []) for (const document of data) reviveDates(name, document);
    super.loadJSONObject(index, options);
    // An Azurite without journals has written it last, so those beside it are older.
    if (index.journalNumber === undefined) return;
    const documents = new Map();
    for (const { number, path } of this.#journals()) if (number >= index.journalNumber) this.#replay(path, documents);
    for (const [collection, byId] of documents) {
      collection.data = [...byId.values()];
      collection.idIndex = null;
      collection.ensureId();
      collection.constraints.unique = {};
      collection.ensureAllIndexes(true);
      collection.dirty = true;
    }
  }

  #replay(path, documents) {
    const documentsOf = (name) => {
      const collection = this.collections.find((one) => one.name === name);
      if (!documents.has(collection)) documents.set(collection, new Map(collection.data.map((one) => [one.$loki, one])));
      return { collection, byId: documents.get(collection) };
    };
    const lines = fs.readFileSync(path, 'utf8').split('\n');
    for (const [at, line] of lines.entries()) {
      const change = parse(line);
      if (change === undefined) {
        // What stands after the last line break was not written to its end, and so not acknowledged. Anything else is damage.
        if (at === lines.length - 1) return;
        fs.copyFileSync(path, `${path}.damaged`);
        process.stderr.write(
          `Line ${at + 1} of ${path} is damaged: what it and the lines behind it said is lost. It is kept as ${path}.damaged.\n`,
        );
        return;
      }
      const [kind, name, what] = change;
      if (kind === 'add') this.addCollection(name, what);
      if (kind === 'drop') {
        documents.delete(this.collections.find((one) => one.name === name));
        this.removeCollection(name);
      }
      if (kind === 'delete') documentsOf(name).byId.delete(what);
      if (kind === 'set') {
        const { collection, byId } = documentsOf(name);
        reviveDates(name, what);
        byId.set(what.$loki, what);
        collection.maxId = Math.max(collection.maxId, what.$loki);
      }
    }
  }

  /** Those on disk, oldest first. */
  #journals() {
    const prefix = `${basename(this.filename)}.journal-`;
    return (
      fs
        .readdirSync(dirname(this.filename))
        // What was put by is called .journal-N.damaged.
        .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
        .map((name) => ({ number: Number(name.slice(prefix.length)), path: join(dirname(this.filename), name) }))
        .sort((a, b) => a.number - b.number)
    );
  }

  #journalPath(number) {
    return `${this.filename}.journal-${number}`;
  }
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

// All that Azurite does to documents comes down to these four.
const { insertOne, update, remove, removeBatchByPositions } = Loki.Collection.prototype;
const note = (collection, id) => owners.get(collection)?.noteDocument(collection, id);
Object.assign(Loki.Collection.prototype, {
  insertOne(document, isBulk) {
    const inserted = insertOne.call(this, document, isBulk);
    if (inserted) note(this, inserted.$loki);
    return inserted;
  },
  update(document) {
    const updated = update.call(this, document);
    if (!Array.isArray(document)) note(this, document.$loki);
    return updated;
  },
  remove(document) {
    const id = typeof document === 'number' ? document : document.$loki;
    const removed = remove.call(this, document);
    if (id !== undefined) note(this, id);
    return removed;
  },
  removeBatchByPositions(positions) {
    const ids = positions.map((position) => this.data[position].$loki);
    removeBatchByPositions.call(this, positions);
    for (const id of ids) note(this, id);
  },
});

module.exports = JournaledLoki;
