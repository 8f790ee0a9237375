// What types do not see: mistakes of JavaScript itself, in the app and in the scripts of all pages.
// From the root of the repository, as `make app` and `npm run check` do it.

import js from "@eslint/js";
import globals from "globals";

const STRICT = {
  ...js.configs.recommended.rules,
  curly: ["error", "multi-line"],
  eqeqeq: "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-new-func": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
};

export default [
  { ignores: ["**/build/", "**/node_modules/", "**/*.d.ts", "**/*.d.mts", "**/vendor/"] },
  {
    files: ["client/browser/src/**/*.js"],
    languageOptions: {
      globals: { ...globals.browser, ...globals.worker, COMPILED: "readonly", PYTHON_BUILD: "readonly" },
    },
    rules: STRICT,
  },
  { files: ["client/browser/*.{js,mjs}"], languageOptions: { globals: globals.node }, rules: STRICT },
  {
    files: ["**/static/**/*.js"],
    languageOptions: { sourceType: "script", globals: { ...globals.browser, htmx: "readonly" } },
    rules: STRICT,
  },
];
