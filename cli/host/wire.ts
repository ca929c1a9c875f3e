/**
 * The part of D-Bus's wire format that asking systemd needs: calls whose arguments are strings or lists of
 * strings, and answers of any type. Little-endian, as every machine that forge runs on.
 */
export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly args: readonly (string | readonly string[])[];
}

export interface Message {
  readonly kind: "return" | "error" | "other";
  /** The call that this answers. */
  readonly serial: number;
  readonly values: readonly unknown[];
  /** Bytes that the message took. */
  readonly size: number;
}

const FIELD = { path: 1, interface: 2, member: 3, replySerial: 5, destination: 6, signature: 8 };
const KINDS: { readonly [type: number]: Message["kind"] } = { 2: "return", 3: "error" };
const [LITTLE_ENDIAN, METHOD_CALL, NO_FLAGS, VERSION] = [0x6c, 1, 0, 1];
const FIXED_HEADER = 16;

const padded = (size: number, to: number): number => Math.ceil(size / to) * to;

export function encode(serial: number, call: Call): Buffer {
  const body = new Writer();
  for (const arg of call.args) typeof arg === "string" ? body.string(arg) : body.strings(arg);
  const signature = call.args.map((arg) => (typeof arg === "string" ? "s" : "as")).join("");

  const fields = new Writer();
  fields.field(FIELD.path, "o", call.path);
  fields.field(FIELD.interface, "s", call.interface);
  fields.field(FIELD.member, "s", call.member);
  fields.field(FIELD.destination, "s", call.destination);
  if (signature !== "") fields.field(FIELD.signature, "g", signature);

  const message = new Writer();
  message.bytes(Buffer.of(LITTLE_ENDIAN, METHOD_CALL, NO_FLAGS, VERSION));
  message.uint32(body.size);
  message.uint32(serial);
  message.uint32(fields.size);
  message.bytes(fields.content());
  message.align(8);
  message.bytes(body.content());
  return message.content();
}

/** The first message in what has arrived so far, or nothing while its end is missing. */
export function decode(data: Buffer): Message | undefined {
  if (data.length < FIXED_HEADER) return undefined;
  const bodySize = data.readUInt32LE(4);
  const headerSize = padded(FIXED_HEADER + data.readUInt32LE(12), 8);
  const size = headerSize + bodySize;
  if (data.length < size) return undefined;
  const [fields] = new Reader(data.subarray(0, size), 12).all("a(yv)");
  const field = new Map(asPairs(fields));
  const signature = field.get(FIELD.signature);
  return {
    kind: KINDS[data.readUInt8(1)] ?? "other",
    serial: Number(field.get(FIELD.replySerial) ?? 0),
    values:
      typeof signature === "string"
        ? new Reader(data.subarray(headerSize, size)).all(signature)
        : [],
    size,
  };
}

const asPairs = (value: unknown): readonly (readonly [unknown, unknown])[] =>
  Array.isArray(value) ? value.map((pair) => [pair[0], pair[1]]) : [];

class Writer {
  #data = Buffer.alloc(256);
  size = 0;

  content = (): Buffer => this.#data.subarray(0, this.size);

  align(to: number): void {
    this.#room(padded(this.size, to) - this.size);
  }

  bytes(bytes: Buffer): void {
    const at = this.#room(bytes.length);
    bytes.copy(this.#data, at);
  }

  uint32(value: number): void {
    this.align(4);
    const at = this.#room(4);
    this.#data.writeUInt32LE(value, at);
  }

  string(text: string): void {
    this.uint32(Buffer.byteLength(text));
    this.bytes(Buffer.from(`${text}\0`));
  }

  signature(text: string): void {
    this.bytes(Buffer.from(`${String.fromCharCode(text.length)}${text}\0`));
  }

  strings(list: readonly string[]): void {
    this.uint32(0);
    const begin = this.size;
    for (const text of list) this.string(text);
    this.#data.writeUInt32LE(this.size - begin, begin - 4);
  }

  /** One header field: its number, and its value with its type. */
  field(code: number, type: "s" | "o" | "g", value: string): void {
    this.align(8);
    this.bytes(Buffer.of(code));
    this.signature(type);
    type === "g" ? this.signature(value) : this.string(value);
  }

  /** Makes room for more bytes, which are zero; returns where they begin. */
  #room(more: number): number {
    const at = this.size;
    this.size += more;
    if (this.size > this.#data.length) {
      const bigger = Buffer.alloc(this.size * 2);
      this.#data.copy(bigger);
      this.#data = bigger;
    }
    return at;
  }
}

const ALIGNMENT: { readonly [type: string]: number } = {
  ...{ y: 1, g: 1, v: 1, n: 2, q: 2, b: 4, i: 4, u: 4, s: 4, o: 4, a: 4 },
  ...{ x: 8, t: 8, d: 8, "(": 8, "{": 8 },
};

class Reader {
  readonly #data: Buffer;
  #at: number;

  constructor(data: Buffer, at = 0) {
    this.#data = data;
    this.#at = at;
  }

  /** Values of a sequence of types, such as `sa(so)`. */
  all(signature: string): readonly unknown[] {
    const values: unknown[] = [];
    for (let at = 0; at < signature.length; ) {
      const end = endOfType(signature, at);
      values.push(this.#value(signature.slice(at, end)));
      at = end;
    }
    return values;
  }

  #value(type: string): unknown {
    const code = type.charAt(0);
    this.#at = padded(this.#at, ALIGNMENT[code] ?? 1);
    if (code === "a") return this.#array(type.slice(1));
    if (code === "(" || code === "{") return this.all(type.slice(1, -1));
    if (code === "v") return this.#value(this.#text(this.#data.readUInt8(this.#take(1))));
    if (code === "g") return this.#text(this.#data.readUInt8(this.#take(1)));
    if (code === "s" || code === "o") return this.#text(this.#data.readUInt32LE(this.#take(4)));
    return this.#number(code);
  }

  #array(element: string): readonly unknown[] {
    const size = this.#data.readUInt32LE(this.#take(4));
    this.#at = padded(this.#at, ALIGNMENT[element.charAt(0)] ?? 1);
    const end = this.#at + size;
    const values: unknown[] = [];
    while (this.#at < end) values.push(this.#value(element));
    return values;
  }

  #number(code: string): number | boolean {
    const data = this.#data;
    switch (code) {
      case "y":
        return data.readUInt8(this.#take(1));
      case "b":
        return data.readUInt32LE(this.#take(4)) !== 0;
      case "n":
        return data.readInt16LE(this.#take(2));
      case "q":
        return data.readUInt16LE(this.#take(2));
      case "i":
        return data.readInt32LE(this.#take(4));
      case "u":
        return data.readUInt32LE(this.#take(4));
      case "x":
        return Number(data.readBigInt64LE(this.#take(8)));
      case "t":
        return Number(data.readBigUInt64LE(this.#take(8)));
      case "d":
        return data.readDoubleLE(this.#take(8));
      default:
        throw new Error(`D-Bus: no such type: ${code}`);
    }
  }

  #text(length: number): string {
    const at = this.#take(length + 1);
    return this.#data.toString("utf8", at, at + length);
  }

  #take(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    return at;
  }
}

function endOfType(signature: string, at: number): number {
  const code = signature.charAt(at);
  if (code === "a") return endOfType(signature, at + 1);
  if (code !== "(" && code !== "{") return at + 1;
  let end = at + 1;
  while (!")}".includes(signature.charAt(end))) end = endOfType(signature, end);
  return end + 1;
}
