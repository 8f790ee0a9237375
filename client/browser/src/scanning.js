// A code is read with the camera where the browser can: what it says goes into the field, and the
// person sends it. The picture goes nowhere. Without it, codes are typed or pasted.

const LOOK_MS = 250;

/** @param {HTMLTextAreaElement} field whose data say what the button reads */
function offer(field) {
  const { BarcodeDetector } = /** @type {any} */ (globalThis);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = field.dataset.scan ?? "";
  const refused = document.createElement("p");
  refused.className = "hint";
  refused.setAttribute("role", "status");
  field.after(button, refused);
  /** @type {(() => void) | null} */
  let stop = null;
  button.onclick = async () => {
    if (stop) {
      stop();
      return;
    }
    button.disabled = true;
    const stream = await navigator.mediaDevices
      .getUserMedia({ video: { facingMode: "environment" } })
      .catch(() => null);
    if (stream === null) {
      refused.textContent = field.dataset.scanRefused ?? "";
      return;
    }
    const video = document.createElement("video");
    video.className = "scan";
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    button.before(video);
    await video.play().catch(() => undefined);
    button.disabled = false;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    const timer = setInterval(async () => {
      if (!video.isConnected) stop?.();
      const [found] = await detector.detect(video).catch(() => []);
      if (!found || stop === null) return;
      field.value = found.rawValue;
      stop();
      field.focus();
    }, LOOK_MS);
    stop = () => {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
      video.remove();
      button.textContent = field.dataset.scan ?? "";
      stop = null;
    };
    button.textContent = field.dataset.scanStop ?? "";
  };
}

/** Offer the camera beside every field that a code may be read into. */
export function startScanning() {
  if (!("BarcodeDetector" in globalThis) || !navigator.mediaDevices) return;
  for (const field of document.querySelectorAll("textarea[data-scan]")) {
    offer(/** @type {HTMLTextAreaElement} */ (field));
  }
}
