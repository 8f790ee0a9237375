// The browser's network as Python sees it: one exchange that is waited for, and WebSockets whose
// frames wait in a queue.

/** What a connection that was lost without a close frame is told as (RFC 6455). */
const LOST = 1006;

/**
 * Send a request and wait for its answer; only in a worker.
 * @param {string} method
 * @param {string} path
 * @param {[string, string][]} headers
 * @param {Uint8Array | undefined} body
 * @param {number} timeoutMs
 */
export function exchange(method, path, headers, body, timeoutMs) {
  const request = new XMLHttpRequest();
  try {
    request.open(method, path, false);
    request.timeout = timeoutMs;
    request.responseType = "arraybuffer";
    for (const [name, value] of headers) request.setRequestHeader(name, value);
    request.send(body ? new Uint8Array(body) : null);
  } catch {
    return { status: 0, body: new Uint8Array() };
  }
  return { status: request.status, body: new Uint8Array(request.response ?? []) };
}

/** A WebSocket whose frames wait until they are asked for. */
class QueuedSocket {
  /** @type {(Uint8Array | number)[]} */
  #waiting = [];
  /** @type {((got: Uint8Array | number) => void) | null} */
  #asked = null;
  #socket;

  /** @param {WebSocket} socket open, of binary type "arraybuffer" */
  constructor(socket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const isText = typeof data === "string";
      this.#give(isText ? new TextEncoder().encode(data) : new Uint8Array(data));
    };
    socket.onclose = ({ code }) => this.#give(code);
  }

  /** @param {Uint8Array | number} got */
  #give(got) {
    if (this.#asked === null) {
      this.#waiting.push(got);
      return;
    }
    this.#asked(got);
    this.#asked = null;
  }

  /** @param {Uint8Array<ArrayBuffer>} frame */
  send(frame) {
    this.#socket.send(frame);
  }

  /** @returns {Promise<Uint8Array | number>} a frame, or the close code; that again and again */
  receive() {
    const next = this.#waiting[0];
    if (next !== undefined) {
      if (typeof next !== "number") this.#waiting.shift();
      return Promise.resolve(next);
    }
    if (this.#socket.readyState === WebSocket.CLOSED) return Promise.resolve(LOST);
    return new Promise((resolve) => {
      this.#asked = resolve;
    });
  }

  /** @param {number} code @param {string} reason */
  close(code, reason) {
    if (this.#socket.readyState <= WebSocket.OPEN) this.#socket.close(code, reason);
  }
}

/**
 * @param {string} url
 * @returns {Promise<QueuedSocket | undefined>} nothing where it cannot be opened
 */
export function openSocket(url) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => resolve(new QueuedSocket(socket));
    socket.onclose = () => resolve(undefined);
  });
}
