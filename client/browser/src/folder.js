// A folder of files that lasts, for Python and the SQLite in it: an Emscripten file system whose
// files are handles of the browser's private file system (OPFS). Reading, writing and fsync are
// synchronous there, so "saved" means what it means on any other machine.
//
// Handles can only be opened asynchronously. So a pool of them is open from the start, under
// numbers for names; the first bytes of each say which file it is, if any. These bytes exist
// twice and are written in turn, each with a checksum: one that a power cut tore is told by it,
// and the other one still counts. A rename is one such write; where two handles claim one name,
// the later claim is true.

/** @typedef {{ usedBytes: number, slot?: Slot, name: string, parent: any, stream_ops: any,
 *   node_ops: any, opened: number, isGone: boolean, mtime: number, ctime: number }} FileNode */

export const DATA_OFFSET = 4096;
const CLAIM_OFFSETS = [0, 2048];
const CLAIM_BYTES = 512;
const MAGIC = 0x7472_6c6d;
const NAME_OFFSET = 20;
const NAME_BYTES_MAX = CLAIM_BYTES - NAME_OFFSET;

const ERRNO = { EIO: 29, ENFILE: 41, ENOSPC: 51, EPERM: 63 };
const FILE_KIND = 0o100000;
const KIND_MASK = 0o170000;

/** What nobody else could see: these only order the connections of this one process. */
const IN_MEMORY = /(-shm|\.lock)$/;

/** One handle of the pool. */
class Slot {
  /** @param {FileSystemSyncAccessHandle} handle */
  constructor(handle) {
    this.handle = handle;
    this.generation = 0;
    this.name = "";
    this.isDirty = false;
    for (const offset of CLAIM_OFFSETS) this.#read(offset);
  }

  get size() {
    return Math.max(0, this.handle.getSize() - DATA_OFFSET);
  }

  /** @param {number} offset */
  #read(offset) {
    const bytes = new Uint8Array(CLAIM_BYTES);
    if (this.handle.read(bytes, { at: offset }) !== CLAIM_BYTES) return;
    const view = new DataView(bytes.buffer);
    if (view.getUint32(0) !== MAGIC || view.getUint32(4) !== checksum(bytes.subarray(8))) return;
    const generation = view.getFloat64(8);
    if (generation <= this.generation) return;
    this.generation = generation;
    const length = view.getUint32(16);
    this.name = new TextDecoder().decode(bytes.subarray(NAME_OFFSET, NAME_OFFSET + length));
  }

  /**
   * Write down whose handle this is, durably.
   * @param {string} name of the file; empty for none
   * @param {number} generation greater than every one before, of all slots
   */
  claim(name, generation) {
    const encoded = new TextEncoder().encode(name);
    if (encoded.length > NAME_BYTES_MAX) throw new Error("the name of a file is too long");
    const bytes = new Uint8Array(CLAIM_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, MAGIC);
    view.setFloat64(8, generation);
    view.setUint32(16, encoded.length);
    bytes.set(encoded, NAME_OFFSET);
    view.setUint32(4, checksum(bytes.subarray(8)));
    // Never over the claim that counts now.
    const place = CLAIM_OFFSETS[generation % CLAIM_OFFSETS.length];
    this.handle.write(bytes, { at: place });
    this.handle.flush();
    this.generation = generation;
    this.name = name;
  }
}

/**
 * CRC-32 (IEEE 802.3).
 * @param {Uint8Array} bytes
 */
function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/**
 * @param {any} parent
 * @param {string} name
 * @returns {string} the path within the folder
 */
function pathOf(parent, name) {
  return parent.parent === parent ? name : pathOf(parent.parent, `${parent.name}/${name}`);
}

/** The folder. */
export class Folder {
  /** How often something was brought to the disk: what the start-up check looks at. */
  flushes = 0;

  /** @type {Slot[]} */
  #free = [];
  /** @type {Map<string, Slot>} */
  #found = new Map();
  #generation = 0;
  #count = 0;
  /** @type {FileSystemDirectoryHandle} */
  #directory;
  /** @type {any} */
  #fs;

  /** @param {FileSystemDirectoryHandle} directory */
  constructor(directory) {
    this.#directory = directory;
  }

  /**
   * Open every handle of the pool.
   * @param {string} name of the directory within the browser's private file system
   * @param {number} spare how many files can be made at least before ``topUp`` is called again
   */
  static async open(name, spare) {
    const root = await navigator.storage.getDirectory();
    const folder = new Folder(await root.getDirectoryHandle(name, { create: true }));
    /** @type {Slot[]} */
    const slots = [];
    for await (const each of folder.#directory.values()) {
      const number = Number(each.name);
      if (each.kind !== "file" || !Number.isInteger(number)) continue;
      folder.#count = Math.max(folder.#count, number + 1);
      slots.push(new Slot(await /** @type {FileSystemFileHandle} */ (each).createSyncAccessHandle()));
    }
    folder.#sort(slots);
    await folder.topUp(spare);
    return folder;
  }

  /** @param {Slot[]} slots */
  #sort(slots) {
    slots.sort((one, other) => other.generation - one.generation);
    this.#generation = slots[0]?.generation ?? 0;
    for (const slot of slots) {
      if (slot.name === "") this.#free.push(slot);
      else if (this.#found.has(slot.name)) this.#release(slot);
      else this.#found.set(slot.name, slot);
    }
  }

  /**
   * Make sure that some more files can be made.
   * @param {number} spare
   */
  async topUp(spare) {
    while (this.#free.length < spare) {
      const name = String(this.#count);
      const file = await this.#directory.getFileHandle(name, { create: true });
      this.#free.push(new Slot(await file.createSyncAccessHandle()));
      this.#count += 1;
    }
  }

  /** @param {Slot} slot */
  #release(slot) {
    slot.claim("", this.#next(slot));
    slot.handle.truncate(DATA_OFFSET);
    this.#free.push(slot);
  }

  /**
   * The next generation, of the parity that spares the slot's present claim.
   * @param {Slot} slot
   */
  #next(slot) {
    this.#generation += 1;
    const taken = slot.generation % CLAIM_OFFSETS.length;
    if (slot.generation && this.#generation % CLAIM_OFFSETS.length === taken) this.#generation += 1;
    return this.#generation;
  }

  /** Let go of every handle, so that another tab can take them. */
  close() {
    for (const slot of [...this.#free, ...this.#found.values()]) slot.handle.close();
  }

  /**
   * Put the folder into Python's file system.
   * @param {any} fs Emscripten's ``FS``
   * @param {string} place
   */
  mount(fs, place) {
    this.#fs = fs;
    const memory = fs.filesystems.MEMFS;
    fs.mkdirTree(place);
    fs.mount({ mount: (/** @type {any} */ mount) => this.#root(memory.mount(mount)) }, {}, place);
    for (const [name, slot] of this.#found) {
      const path = `${place}/${name}`;
      fs.mkdirTree(path.slice(0, path.lastIndexOf("/")));
      fs.mknod(path, FILE_KIND | 0o600, 0);
      fs.lookupPath(path).node.usedBytes = slot.size;
    }
  }

  /** @param {any} root */
  #root(root) {
    const base = root.node_ops;
    const ops = {
      ...base,
      mknod: (/** @type {any} */ parent, /** @type {string} */ name, /** @type {number} */ mode, /** @type {number} */ dev) => {
        if ((mode & KIND_MASK) === FILE_KIND) return this.#made(base, parent, name, mode, dev);
        // Directories last as long as there is a file in them.
        const node = base.mknod(parent, name, mode, dev);
        node.node_ops = ops;
        return node;
      },
      rename: (/** @type {FileNode} */ node, /** @type {any} */ parent, /** @type {string} */ name) => {
        const { slot } = node;
        if (!slot) throw this.#error(ERRNO.EPERM);
        const replaced = parent.contents[name];
        this.#found.delete(slot.name);
        this.#guard(() => slot.claim(pathOf(parent, name), this.#next(slot)));
        base.rename(node, parent, name);
        if (replaced?.slot) this.#forget(replaced);
        this.#found.set(slot.name, slot);
      },
      unlink: (/** @type {any} */ parent, /** @type {string} */ name) => {
        const node = parent.contents[name];
        base.unlink(parent, name);
        if (node.slot) this.#forget(node);
      },
      symlink: () => {
        throw this.#error(ERRNO.EPERM);
      },
    };
    root.node_ops = ops;
    return root;
  }

  /**
   * @param {any} base what Emscripten's memory file system does
   * @param {any} parent
   * @param {string} name
   * @param {number} mode
   * @param {number} dev
   */
  #made(base, parent, name, mode, dev) {
    if (IN_MEMORY.test(name)) return base.mknod(parent, name, mode, dev);
    const slot = this.#slotFor(pathOf(parent, name));
    return this.#lasting(base.mknod(parent, name, mode, dev), slot);
  }

  /** @param {string} name */
  #slotFor(name) {
    const known = this.#found.get(name);
    if (known) return known;
    const slot = this.#free.pop();
    if (!slot) throw this.#error(ERRNO.ENFILE);
    try {
      this.#guard(() => {
        slot.handle.truncate(DATA_OFFSET);
        slot.claim(name, this.#next(slot));
      });
    } catch (error) {
      this.#free.push(slot);
      throw error;
    }
    this.#found.set(name, slot);
    return slot;
  }

  /**
   * A file whose name is gone; its handle is free once nobody has it open.
   * @param {FileNode} node
   */
  #forget(node) {
    const slot = /** @type {Slot} */ (node.slot);
    if (this.#found.get(slot.name) === slot) this.#found.delete(slot.name);
    this.#guard(() => slot.claim("", this.#next(slot)));
    node.isGone = true;
    if (node.opened === 0) this.#release(slot);
  }

  /**
   * @param {any} node of Emscripten's memory file system
   * @param {Slot} slot
   */
  #lasting(node, slot) {
    const { handle } = slot;
    node.slot = slot;
    node.opened = 0;
    node.isGone = false;
    const setattr = node.node_ops.setattr;
    node.node_ops = {
      ...node.node_ops,
      setattr: (/** @type {FileNode} */ of, /** @type {any} */ wanted) => {
        const { size, ...rest } = wanted;
        setattr(of, rest);
        if (size === undefined || size === null) return;
        this.#guard(() => handle.truncate(DATA_OFFSET + size));
        of.usedBytes = size;
        slot.isDirty = true;
      },
    };
    node.stream_ops = { llseek: node.stream_ops.llseek, ...this.#streams(slot) };
    return node;
  }

  /** @param {Slot} slot */
  #streams(slot) {
    const { handle } = slot;
    /** @typedef {{ node: FileNode }} Stream */
    return {
      open: (/** @type {Stream} */ { node }) => {
        node.opened += 1;
      },
      close: (/** @type {Stream} */ { node }) => {
        node.opened -= 1;
        if (node.isGone && node.opened === 0) this.#release(slot);
      },
      read: (/** @type {Stream} */ { node }, /** @type {Uint8Array} */ buffer, /** @type {number} */ offset, /** @type {number} */ length, /** @type {number} */ position) => {
        const wanted = Math.min(length, node.usedBytes - position);
        if (wanted <= 0) return 0;
        return this.#guard(() =>
          handle.read(buffer.subarray(offset, offset + wanted), { at: DATA_OFFSET + position }),
        );
      },
      write: (/** @type {Stream} */ { node }, /** @type {Uint8Array} */ buffer, /** @type {number} */ offset, /** @type {number} */ length, /** @type {number} */ position) => {
        slot.isDirty = true;
        const written = this.#guard(() =>
          handle.write(buffer.subarray(offset, offset + length), { at: DATA_OFFSET + position }),
        );
        node.usedBytes = Math.max(node.usedBytes, position + written);
        node.mtime = node.ctime = Date.now();
        if (written < length) throw this.#error(ERRNO.ENOSPC);
        return written;
      },
      fsync: () => {
        if (slot.isDirty) this.#guard(() => handle.flush());
        slot.isDirty = false;
        this.flushes += 1;
        return 0;
      },
    };
  }

  /**
   * Do something with a handle; what fails is said to Python in its own way.
   * @template T
   * @param {() => T} work
   * @returns {T}
   */
  #guard(work) {
    try {
      return work();
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
      throw this.#error(isFull ? ERRNO.ENOSPC : ERRNO.EIO);
    }
  }

  /** @param {number} errno */
  #error(errno) {
    return new this.#fs.ErrnoError(errno);
  }
}
