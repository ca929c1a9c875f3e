/**
 * The part of D-Bus's wire format that asking systemd takes: calls whose arguments are strings or lists of
 * strings, and answers of any type. Little-endian. Text is taken for Latin-1: names of units are ASCII.
 */
export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly args: readonly (string | readonly string[])[];
}

export interface Message {
  readonly kind: "return" | "error" | "signal" | "other";
  /** The call that this answers; 0 for a signal. */
  readonly serial: number;
  /** The object that a signal is of. */
  readonly path: string;
  readonly values: readonly unknown[];
  /** Bytes that the message took. */
  readonly size: number;
}

const FIELD = { path: 1, interface: 2, member: 3, replySerial: 5, destination: 6, signature: 8 };
const METHOD_CALL = "l\x01\0\x01";
const FIXED_HEADER = 16;

const padded = (size: number, to: number): number => Math.ceil(size / to) * to;
const pad = (text: string, to: number): string => text.padEnd(padded(text.length, to), "\0");

/** One character is one byte. */
export function encode(serial: number, { args, ...call }: Call): string {
  let body = "";
  for (const arg of args) body = pad(body, 4) + (typeof arg === "string" ? string(arg) : list(arg));
  let fields = `${field(FIELD.path, "o")}${string(call.path)}`;
  fields = `${pad(fields, 8)}${field(FIELD.interface, "s")}${string(call.interface)}`;
  fields = `${pad(fields, 8)}${field(FIELD.member, "s")}${string(call.member)}`;
  fields = `${pad(fields, 8)}${field(FIELD.destination, "s")}${string(call.destination)}`;
  if (args.length > 0) {
    const types = args.map((arg) => (typeof arg === "string" ? "s" : "as")).join("");
    fields = `${pad(fields, 8)}${field(FIELD.signature, "g")}${signature(types)}`;
  }
  const sizes = `${uint32(body.length)}${uint32(serial)}${uint32(fields.length)}`;
  return `${METHOD_CALL}${sizes}${pad(fields, 8)}${body}`;
}

const uint32 = (n: number): string =>
  String.fromCharCode(n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24);
const string = (text: string): string => `${uint32(text.length)}${text}\0`;
const signature = (types: string): string => `${String.fromCharCode(types.length)}${types}\0`;
const field = (code: number, type: string): string =>
  `${String.fromCharCode(code)}${signature(type)}`;

function list(texts: readonly string[]): string {
  let items = "";
  for (const text of texts) items = pad(items, 4) + string(text);
  return uint32(items.length) + items;
}

const KINDS: { readonly [type: number]: Message["kind"] } = {
  2: "return",
  3: "error",
  4: "signal",
};

/** The first message in what has arrived so far, or nothing while its end is missing. */
export function decode(data: Buffer): Message | undefined {
  if (data.length < FIXED_HEADER) return undefined;
  const fieldsEnd = FIXED_HEADER + data.readUInt32LE(12);
  const body = padded(fieldsEnd, 8);
  const size = body + data.readUInt32LE(4);
  if (data.length < size) return undefined;
  let [serial, path, types] = [0, "", ""];
  const reader = new Reader(data, FIXED_HEADER);
  while (reader.at < fieldsEnd) {
    reader.align(8);
    const code = reader.byte();
    const value = reader.value(reader.signature());
    if (code === FIELD.path) path = String(value);
    if (code === FIELD.replySerial) serial = Number(value);
    if (code === FIELD.signature) types = String(value);
  }
  reader.at = body;
  const kind = KINDS[data.readUInt8(1)] ?? "other";
  return { kind, serial, path, values: reader.values(types), size };
}

const ALIGNMENT: { readonly [type: string]: number } = {
  ...{ y: 1, g: 1, v: 1, n: 2, q: 2, b: 4, i: 4, u: 4, s: 4, o: 4, a: 4 },
  ...{ x: 8, t: 8, d: 8, "(": 8, "{": 8 },
};

class Reader {
  readonly #data: Buffer;
  at: number;

  constructor(data: Buffer, at: number) {
    this.#data = data;
    this.at = at;
  }

  align(to: number): void {
    this.at = padded(this.at, to);
  }

  byte(): number {
    return this.#data.readUInt8(this.#take(1));
  }

  signature(): string {
    return this.#text(this.byte());
  }

  /** Values of a sequence of types, such as `sa(so)`. */
  values(types: string): readonly unknown[] {
    const values: unknown[] = [];
    for (let at = 0; at < types.length; ) {
      const end = endOfType(types, at);
      values.push(this.value(types.slice(at, end)));
      at = end;
    }
    return values;
  }

  value(type: string): unknown {
    const code = type.charAt(0);
    this.align(ALIGNMENT[code] ?? 1);
    switch (code) {
      case "y":
        return this.byte();
      case "b":
        return this.#data.readUInt32LE(this.#take(4)) !== 0;
      case "u":
        return this.#data.readUInt32LE(this.#take(4));
      case "i":
        return this.#data.readInt32LE(this.#take(4));
      case "n":
        return this.#data.readInt16LE(this.#take(2));
      case "q":
        return this.#data.readUInt16LE(this.#take(2));
      case "x":
        return Number(this.#data.readBigInt64LE(this.#take(8)));
      case "t":
        return Number(this.#data.readBigUInt64LE(this.#take(8)));
      case "d":
        return this.#data.readDoubleLE(this.#take(8));
      case "s":
      case "o":
        return this.#text(this.#data.readUInt32LE(this.#take(4)));
      case "g":
        return this.signature();
      case "v":
        return this.value(this.signature());
      case "a":
        return this.#array(type.slice(1));
      case "(":
      case "{":
        return this.values(type.slice(1, -1));
      default:
        throw new Error(`no type of D-Bus: ${type}`);
    }
  }

  #array(element: string): readonly unknown[] {
    const size = this.#data.readUInt32LE(this.#take(4));
    this.align(ALIGNMENT[element.charAt(0)] ?? 1);
    const end = this.at + size;
    const values: unknown[] = [];
    while (this.at < end) values.push(this.value(element));
    return values;
  }

  #text(length: number): string {
    const at = this.#take(length + 1);
    return this.#data.toString("latin1", at, at + length);
  }

  #take(bytes: number): number {
    const at = this.at;
    this.at += bytes;
    return at;
  }
}

/** Where the type that begins at `at` ends: `a(sv)` is one type. */
function endOfType(types: string, at: number): number {
  const code = types.charAt(at);
  if (code === "a") return endOfType(types, at + 1);
  if (code !== "(" && code !== "{") return at + 1;
  let end = at + 1;
  while (!")}".includes(types.charAt(end))) end = endOfType(types, end);
  return end + 1;
}
