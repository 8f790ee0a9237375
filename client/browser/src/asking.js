// Who answers: the one tab that holds the store. Tabs elect it by a lock of the browser; the others
// ask through it, and take over when it is closed.

const LOCK = "trailmark";
const CHANNEL = "trailmark";

/** Why a question got no answer: the window that took it is gone, and may have recorded it or not. */
export const LOST = "lost";

/** @typedef {{ method: "GET" | "POST", path: string, query: Record<string, string>,
 *   form: [string, string][] }} Question */
/** @typedef {{ status: number, html: string, location: string | null, download: string | null,
 *   file: Uint8Array<ArrayBuffer> | null }} Told */
/** @typedef {{ resolve: (told: Told) => void, reject: (error: Error) => void, question: Question,
 *   isTaken: boolean }} Waiting */

export class Asking {
  /** @type {Worker | null} */
  #worker = null;
  #channel = new BroadcastChannel(CHANNEL);
  /** @type {Map<string, Waiting>} */
  #waiting = new Map();
  #handlers;

  /** @param {{ onReady: () => void, onNews: () => void, onBroken: (why: string) => void }} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    this.#channel.onmessage = ({ data }) => this.#heard(data);
    navigator.locks.request(LOCK, () => this.#lead());
    this.#channel.postMessage({ is: "who" });
  }

  /** Hold the store until this tab is closed. */
  #lead() {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => {
      this.#heard(data);
      this.#channel.postMessage(data);
    };
    worker.onerror = (event) => this.#handlers.onBroken(event.message);
    this.#worker = worker;
    // What another tab took and did not answer may be recorded or not; only showing is safe twice.
    for (const [id, { question, isTaken, reject }] of this.#waiting) {
      if (question.method === "GET" || !isTaken) this.#send(id, question);
      else {
        this.#waiting.delete(id);
        reject(new Error(LOST));
      }
    }
    return new Promise(() => undefined);
  }

  /** @param {any} data */
  #heard(data) {
    switch (data.is) {
      case "who":
        if (this.#worker) this.#channel.postMessage({ is: "ready" });
        break;
      case "forget":
        this.#worker?.postMessage(data);
        break;
      case "ask":
        if (this.#worker === null) break;
        this.#channel.postMessage({ is: "taken", id: data.id });
        this.#worker.postMessage(data);
        break;
      case "taken": {
        const waiting = this.#waiting.get(data.id);
        if (waiting) waiting.isTaken = true;
        break;
      }
      case "answer":
        this.#waiting.get(data.id)?.resolve(data.told);
        this.#waiting.delete(data.id);
        break;
      case "ready":
        this.#handlers.onReady();
        break;
      case "news":
        this.#handlers.onNews();
        break;
      case "broken":
        this.#waiting.get(data.id)?.reject(new Error("broken"));
        this.#waiting.delete(data.id);
        this.#handlers.onBroken(data.why);
        break;
    }
  }

  /** Let go of what was kept of the pages for the next start. */
  forget() {
    if (this.#worker) this.#worker.postMessage({ is: "forget" });
    else this.#channel.postMessage({ is: "forget" });
  }

  /** @param {string} id @param {Question} question */
  #send(id, question) {
    const asked = { is: "ask", id, question: JSON.stringify(question) };
    if (this.#worker) this.#worker.postMessage(asked);
    else this.#channel.postMessage(asked);
  }

  /**
   * @param {Question} question
   * @returns {Promise<Told>}
   */
  ask(question) {
    const id = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, question, isTaken: false });
      this.#send(id, question);
    });
  }
}
