// Our packages and the libraries that they need, put where Python finds them: one archive whose
// files stand behind each other as they are, so that nothing has to be unpacked or copied.

/** Where Python finds them. */
const PLACE = "/packages";
/** Hundreds of small files of which one start reads one: Python reads them from their archive. */
const ZONES = "/zones.zip";
const LENGTH_BYTES = 4;

export const SEARCHED = [PLACE, ZONES];

/** @param {string} name */
async function bytesOf(name) {
  const answer = await fetch(new URL(name, import.meta.url));
  if (!answer.ok) throw new Error(`${name} is missing`);
  return new Uint8Array(await answer.arrayBuffer());
}

const packages = bytesOf("./packages.bin");
const zones = bytesOf("./zones.zip");

/**
 * Put them there.
 * @param {any} fs Emscripten's ``FS``
 */
export async function place(fs) {
  const archive = await packages;
  const length = new DataView(archive.buffer).getUint32(0);
  let at = LENGTH_BYTES + length;
  /** @type {[string, number][]} */
  const files = JSON.parse(new TextDecoder().decode(archive.subarray(LENGTH_BYTES, at)));
  for (const [name, size] of files) {
    const path = `${PLACE}/${name}`;
    fs.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    fs.writeFile(path, archive.subarray(at, at + size), { canOwn: true });
    at += size;
  }
  fs.writeFile(ZONES, await zones, { canOwn: true });
}
