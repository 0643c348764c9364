// What comes and goes thousands of times a second, in order. A Set would do, and a Map: but those make their tables anew all the time,
// and what a table refers to that was old when it was given up lives on with it, until V8 looks at all that is old.

/** A member's place in a chain. */
export class Link<T> {
  readonly value: T;
  #chain: Chain<T> | undefined;
  /** Undefined once it has left: what is gone must hold nothing that came after it. */
  before: Link<T> | undefined;
  after: Link<T> | undefined;

  constructor(value: T, chain: Chain<T>) {
    this.value = value;
    this.#chain = chain;
  }

  /** False: it had left already. */
  leave(): boolean {
    const chain = this.#chain;
    if (chain === undefined) return false;
    this.#chain = undefined;
    chain.remove(this);
    this.before = undefined;
    this.after = undefined;
    return true;
  }
}

/** In the order in which they joined; each leaves in constant time. */
export class Chain<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Link<T> | undefined {
    return this.#first;
  }

  join(value: T): Link<T> {
    const link = new Link(value, this);
    link.before = this.#last;
    if (this.#last === undefined) this.#first = link;
    else this.#last.after = link;
    this.#last = link;
    this.#size += 1;
    return link;
  }

  /** For the link itself. */
  remove({ before, after }: Link<T>): void {
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    this.#size -= 1;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let link = this.#first; link !== undefined; link = link.after) yield link.value;
  }
}
