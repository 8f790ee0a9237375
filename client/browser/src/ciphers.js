// The ciphers of trailmark_adapters.noble: noble, audited JavaScript. Bytes in, bytes out; nothing
// is returned where something does not open, fit or verify.

import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { u32 } from "@noble/ciphers/utils.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { argon2id } from "@noble/hashes/argon2.js";

/** "expand 32-byte k", as Salsa20 begins. */
const SIGMA = new Uint32Array([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);

/**
 * @template T
 * @param {() => T} work
 * @returns {T | undefined}
 */
function attempt(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/**
 * The key of libsodium's crypto_box: HSalsa20 of what X25519 agrees on.
 * @param {Uint8Array} publicKey
 * @param {Uint8Array} privateKey
 */
function boxKey(publicKey, privateKey) {
  const agreed = x25519.getSharedSecret(privateKey, publicKey);
  const key = new Uint32Array(8);
  hsalsa(SIGMA, u32(agreed), new Uint32Array(4), key);
  return new Uint8Array(key.buffer);
}

/**
 * Whether bytes are the one encoding of a point without a part of small order. Of such points alone
 * all verifiers say the same, whether they multiply by the cofactor (noble) or not (libsodium).
 * @param {Uint8Array} bytes
 */
function isOfPrimeOrder(bytes) {
  const point = ed25519.Point.fromBytes(bytes);
  return point.isTorsionFree() && !point.is0();
}

export const noble = {
  /** @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} plaintext @param {Uint8Array} bound */
  seal: (key, nonce, plaintext, bound) => xchacha20poly1305(key, nonce, bound).encrypt(plaintext),

  /** @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} sealed @param {Uint8Array} bound */
  open: (key, nonce, sealed, bound) =>
    attempt(() => xchacha20poly1305(key, nonce, bound).decrypt(sealed)),

  /** @param {Uint8Array} publicKey @param {Uint8Array} message @param {Uint8Array} signature */
  isSigned: (publicKey, message, signature) =>
    attempt(
      () =>
        isOfPrimeOrder(publicKey) &&
        isOfPrimeOrder(signature.subarray(0, publicKey.length)) &&
        ed25519.verify(signature, message, publicKey, { zip215: false }),
    ) ?? false,

  /** @param {Uint8Array} seed */
  signingKey: (seed) => ed25519.getPublicKey(seed),

  /** @param {Uint8Array} message @param {Uint8Array} seed */
  sign: (message, seed) => ed25519.sign(message, seed),

  /** @param {Uint8Array} passphrase @param {Uint8Array} salt @param {number} passes @param {number} kib */
  stretch: (passphrase, salt, passes, kib) =>
    argon2id(passphrase, salt, { t: passes, m: kib, p: 1, dkLen: 32 }),

  /** @param {Uint8Array} privateKey */
  publicKey: (privateKey) => x25519.getPublicKey(privateKey),

  /** @param {Uint8Array} publicKey @param {Uint8Array} privateKey @param {Uint8Array} nonce @param {Uint8Array} plaintext */
  sealBox: (publicKey, privateKey, nonce, plaintext) =>
    attempt(() => xsalsa20poly1305(boxKey(publicKey, privateKey), nonce).encrypt(plaintext)),

  /** @param {Uint8Array} publicKey @param {Uint8Array} privateKey @param {Uint8Array} nonce @param {Uint8Array} sealed */
  openBox: (publicKey, privateKey, nonce, sealed) =>
    attempt(() => xsalsa20poly1305(boxKey(publicKey, privateKey), nonce).decrypt(sealed)),
};
